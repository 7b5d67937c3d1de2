package dev.selfsup.shell.gogo;

import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.osgi.service.component.annotations.Component;

/**
 * Puts our commands first in an interactive session: other bundles have an {@code info} and a {@code list} as well. A
 * search order that the user has set stays.
 */
@Component
public final class ShellScope implements CommandSessionListener {
    private static final String VARIABLE = "SCOPE";
    private static final String OF_GOGO = "gogo:*";

    @Override
    public void beforeExecute(CommandSession session, CharSequence line) {
        if (OF_GOGO.equals(session.get(VARIABLE))) {
            session.put(VARIABLE, InstalledCommands.SCOPE + ":" + OF_GOGO);
        }
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Exception failure) {
        // nothing to put back
    }

    @Override
    public void afterExecute(CommandSession session, CharSequence line, Object result) {
        // nothing to put back
    }
}
