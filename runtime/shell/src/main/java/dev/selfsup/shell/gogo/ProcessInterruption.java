package dev.selfsup.shell.gogo;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The end of this process, which is the end of every call in it. The launcher, which receives the signals, finds it by the service property
 * {@code selfsup.launcher=interruption}.
 */
@Component(service = {ProcessInterruption.class, BooleanSupplier.class}, property = "selfsup.launcher=interruption")
public final class ProcessInterruption implements BooleanSupplier {
    private final Set<CallInterruption> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean requested;

    /** The interruption of a new call; to be closed when the call has ended. */
    CallInterruption begin() {
        return begin(() -> { });
    }

    /**
     * The interruption of a new call; to be closed when the call has ended.
     *
     * @param begun is told, by the call's thread, of every watch, before the call goes on
     */
    public CallInterruption begin(Runnable begun) {
        CallInterruption call = new CallInterruption(begun, calls::remove);
        calls.add(call);
        if (requested) {
            call.request();
        }
        return call;
    }

    /**
     * Asks for the end of all calls; called on a signal.
     *
     * @return whether a call has a watch open, so that it will end by itself
     */
    @Override
    public boolean getAsBoolean() {
        requested = true;
        return calls.stream().filter(CallInterruption::request).count() > 0;
    }

    @Deactivate
    void stop() {
        getAsBoolean();
    }
}
