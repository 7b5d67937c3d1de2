package dev.selfsup.runtime.doctor;

import dev.selfsup.runtime.plugins.Plugin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Bundles: those of the distribution, and those that the user put into {@code deploy}.
 *
 * @param plugins what is installed
 * @param deploy the folder
 */
record PluginCheck(List<Plugin> plugins, Path deploy) implements Check {
    @Override
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (Plugin plugin : plugins) {
            if (plugin.problem().isPresent()) {
                String found = plugin.name() + " " + plugin.problem().get();
                findings.add(plugin.origin() == Plugin.Origin.DEPLOYED ? Finding.warn("plug-ins", found, "mend it, or take it out of " + deploy)
                        : Finding.fail("plug-ins", found, "build anew with mvn package, or unpack the distribution anew"));
            }
        }
        long plugged = plugins.stream().filter(plugin -> plugin.origin() == Plugin.Origin.DEPLOYED && plugin.problem().isEmpty()).count();
        findings.add(Finding.ok("plug-ins", plugins.size() - findings.size() + " bundles in use, " + (plugged == 0 ? "none" : plugged) + " of them from " + deploy));
        return findings;
    }
}
