package dev.selfsup.launcher;

import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;

/** What {@value #OPTION} shows on standard error, an event a line with its time: bundles as they come and go, and what the framework and ND4J say of themselves. */
final class Verbose implements SynchronousBundleListener, FrameworkListener {
    static final String OPTION = "--verbose";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final Map<Integer, String> EVENTS = Map.of(BundleEvent.INSTALLED, "installed", BundleEvent.STARTED, "started", BundleEvent.STOPPED, "stopped",
            BundleEvent.UPDATED, "updated", BundleEvent.UNINSTALLED, "uninstalled");

    private final PrintStream out;
    private final Map<Bundle, Long> starting = new ConcurrentHashMap<>();
    private volatile boolean ending;

    /** Lets loggers speak as well; to be made before anything has logged. */
    Verbose(PrintStream out) {
        this.out = out;
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "info");
        System.setProperty("org.slf4j.simpleLogger.log.org.nd4j", "info");
        System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
        System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "HH:mm:ss.SSS");
    }

    void say(String event) {
        out.println(TIME.format(LocalTime.now()) + " " + event.strip().replaceAll("\\s*\\R\\s*", "; "));
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() == BundleEvent.STARTING) {
            starting.put(bundle, System.nanoTime());
        }
        ending |= bundle.getBundleId() == Constants.SYSTEM_BUNDLE_ID && event.getType() == BundleEvent.STOPPING;
        String what = EVENTS.get(event.getType());
        if (what != null && !ending) {
            Long since = event.getType() == BundleEvent.STARTED ? starting.remove(bundle) : null;
            String took = since == null ? "" : " in " + (System.nanoTime() - since) / 1_000_000 + " ms";
            say("bundle " + what + " " + bundle.getSymbolicName() + " " + bundle.getVersion() + took);
        }
    }

    @Override
    public void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.WARNING || event.getType() == FrameworkEvent.ERROR) {
            String severity = event.getType() == FrameworkEvent.ERROR ? "error" : "warning";
            say("framework " + severity + " of " + event.getBundle().getSymbolicName() + ": " + event.getThrowable());
        }
    }
}
