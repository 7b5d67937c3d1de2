package dev.selfsup.runtime.deploy;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.plugins.Offer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/** Decides which jars can be used, all taken together, and starts those: their requirements are met, nobody else has what they offer, and it works. */
final class Admission {
    private static final Pattern DISAGREEMENT = Pattern.compile("(?s).*Uses constraint violation.*?package '([^']*)'.*");

    private final FrameworkWiring wiring;
    private final UsableCapabilities capabilities;
    private final Probe probe;
    private final Function<Collection<Bundle>, Components> components;

    /**
     * Made once.
     *
     * @param wiring resolves bundles
     * @param capabilities which bundles others can be wired to
     * @param probe examines started bundles
     * @param components what types can be named, given bundles on trial that count as well
     */
    Admission(FrameworkWiring wiring, UsableCapabilities capabilities, Probe probe, Function<Collection<Bundle>, Components> components) {
        this.wiring = wiring;
        this.capabilities = capabilities;
        this.probe = probe;
        this.components = components;
    }

    /**
     * Starts the jars that can be used, and stops the others.
     *
     * @param jars jars, those first that keep what two claim
     * @param around what is there without question
     * @return why jars cannot be used; those that are not in it can
     */
    Map<DeployedJar, Problem> decide(List<DeployedJar> jars, Surroundings around) {
        Map<DeployedJar, Problem> failed = new LinkedHashMap<>();
        jars.forEach(jar -> jar.flaw().ifPresent(flaw -> failed.put(jar, flaw)));
        while (true) {
            Map<DeployedJar, Problem> problems = new LinkedHashMap<>(failed);
            List<DeployedJar> candidates = new ArrayList<>(jars);
            candidates.removeAll(failed.keySet());
            while (rejectUnmet(candidates, around, problems) || rejectClaims(candidates, around, problems)) {
                continue; // what the rejected ones offer is missing now, or free
            }
            problems.keySet().forEach(this::putOut);
            candidates.forEach(jar -> capabilities.include(bundle(jar)));
            wiring.resolveBundles(candidates.stream().map(Admission::bundle).toList());
            if (!reject(candidates, failed, Admission::start) && !rejectUnsound(candidates, failed)) {
                return problems;
            }
        }
    }

    private static Bundle bundle(DeployedJar jar) {
        return jar.bundle().orElseThrow();
    }

    private static boolean rejectUnmet(List<DeployedJar> candidates, Surroundings around, Map<DeployedJar, Problem> problems) {
        List<Bundle> offering = Stream.concat(candidates.stream().map(Admission::bundle), around.given().stream()).toList();
        Map<DeployedJar, Problem> unusable = new LinkedHashMap<>(around.unusable());
        unusable.putAll(problems);
        Requirements requirements = new Requirements(offering, unusable);
        return reject(candidates, problems, jar -> requirements.unmet(bundle(jar)));
    }

    private static boolean rejectClaims(List<DeployedJar> candidates, Surroundings around, Map<DeployedJar, Problem> problems) {
        Map<Offer, String> owners = new LinkedHashMap<>(around.taken());
        return reject(candidates, problems, jar -> {
            Optional<Offer> claimed = jar.offers().stream().filter(owners::containsKey).findFirst();
            if (claimed.isEmpty()) {
                jar.offers().forEach(offer -> owners.put(offer, jar.name()));
            }
            return claimed.map(offer -> Problem.waits("is not used: " + owners.get(offer) + " has the " + offer + " already"));
        });
    }

    private static Optional<Problem> start(DeployedJar jar) {
        try {
            bundle(jar).start(Bundle.START_TRANSIENT | Bundle.START_ACTIVATION_POLICY);
            return Optional.empty();
        } catch (BundleException e) {
            return Optional.of(Problem.broken(e.getType() == BundleException.RESOLVE_ERROR ? unresolved(e) : "does not start: " + Reason.of(e)));
        }
    }

    private static String unresolved(BundleException failure) {
        Matcher disagreement = DISAGREEMENT.matcher(String.valueOf(failure.getMessage()));
        return disagreement.matches() ? "cannot be wired: it would meet package " + disagreement.group(1) + " from two bundles at once"
                : "cannot be wired: what it needs is there, but does not fit together";
    }

    private boolean rejectUnsound(List<DeployedJar> candidates, Map<DeployedJar, Problem> problems) {
        Components known = components.apply(candidates.stream().map(Admission::bundle).toList());
        return reject(candidates, problems, jar -> probe.problem(bundle(jar), known));
    }

    /** Moves jars that have a problem from the candidates to the problems. */
    private static boolean reject(List<DeployedJar> candidates, Map<DeployedJar, Problem> problems, Function<DeployedJar, Optional<Problem>> problem) {
        Map<DeployedJar, Problem> found = new LinkedHashMap<>();
        candidates.forEach(jar -> problem.apply(jar).ifPresent(reason -> found.put(jar, reason)));
        candidates.removeAll(found.keySet());
        problems.putAll(found);
        return !found.isEmpty();
    }

    private void putOut(DeployedJar jar) {
        try {
            if (jar.bundle().isPresent()) {
                capabilities.exclude(bundle(jar));
                bundle(jar).stop(Bundle.STOP_TRANSIENT);
            }
        } catch (BundleException e) {
            return; // an activator that fails to stop is stopped all the same
        }
    }
}
