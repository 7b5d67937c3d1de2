package dev.selfsup.runtime.deploy;

import dev.selfsup.runtime.components.InstalledComponents;
import dev.selfsup.runtime.plugins.BundleLeases;
import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.runtime.plugins.Plugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of the watched folder, framework property {@value #FOLDER}. After every change all of them are decided upon anew, together; a jar that is new or
 * replaced is a new bundle, never an updated one. The launcher, which shares no class with bundles, starts the watch by the service property
 * {@code selfsup.launcher=deploy} when all other bundles are started.
 */
@Component(service = {Plugins.class, Runnable.class}, immediate = true, property = "selfsup.launcher=deploy")
public final class Deployment implements Plugins, Runnable {
    /** Framework property: the folder. */
    public static final String FOLDER = "selfsup.deploy";
    private static final Logger LOG = LoggerFactory.getLogger(Deployment.class);

    private final Map<Path, DeployedJar> jars = new LinkedHashMap<>();
    private Map<DeployedJar, Problem> problems = Map.of();
    private final BundleContext context;
    private final BundleLeases leases;
    private final FrameworkWiring wiring;
    private final InstalledBundles installed;
    private final UsableCapabilities capabilities = new UsableCapabilities();
    private final Probe probe;
    private final Admission admission;
    private ServiceRegistration<ResolverHookFactory> hook;
    private FolderWatch watch;
    private int copies;

    /** Made by the container. */
    @Activate
    public Deployment(BundleContext context, @Reference BundleLeases leases, @Reference InstalledComponents components,
            @Reference ServiceComponentRuntime services) {
        this.context = context;
        this.leases = leases;
        this.wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
        this.installed = new InstalledBundles(context);
        this.probe = new Probe(context, services);
        this.admission = new Admission(wiring, capabilities, probe, components::including);
        components.explainedBy(this::whyNot);
    }

    /** Takes what lies in the folder, then watches it; called once. */
    @Override
    public synchronized void run() {
        String folder = context.getProperty(FOLDER);
        if (folder == null || watch != null) {
            return;
        }
        hook = context.registerService(ResolverHookFactory.class, capabilities, null);
        watch = new FolderWatch(Path.of(folder));
        watch.start(this::take);
    }

    @Deactivate
    void stop() {
        if (watch != null) {
            watch.stop();
            hook.unregister();
        }
    }

    private synchronized void take(FolderWatch.Changes changes) {
        Set<Path> used = inUse().stream().map(DeployedJar::file).collect(Collectors.toSet());
        List<DeployedJar> leaving = Stream.concat(changes.gone().stream(), changes.changed().stream()).map(jars::get).filter(Objects::nonNull).toList();
        List<DeployedJar> touched = dependents(leaving);
        changes.gone().forEach(jars::remove);
        changes.changed().forEach(file -> jars.put(file, read(name(file), file)));
        // What has got packages from a bundle that leaves gets them anew, from whoever offers them now.
        touched.forEach(jar -> jars.put(jar.file(), withheld(jar.again(context))));
        Stream.concat(leaving.stream(), touched.stream()).forEach(this::retire);
        leaving.forEach(DeployedJar::deleteCopy);
        decide(used);
    }

    private List<DeployedJar> dependents(List<DeployedJar> leaving) {
        List<Bundle> bundles = bundles(leaving).toList();
        Collection<Bundle> closure = bundles.isEmpty() ? Set.of() : wiring.getDependencyClosure(bundles);
        return jars.values().stream().filter(jar -> !leaving.contains(jar) && jar.bundle().filter(closure::contains).isPresent()).toList();
    }

    private DeployedJar read(String name, Path file) {
        return withheld(DeployedJar.read(name, file, context.getDataFile("deploy-" + copies++ + ".jar").toPath(), context));
    }

    private DeployedJar withheld(DeployedJar jar) {
        jar.bundle().ifPresent(leases::withhold);
        return jar;
    }

    private void retire(DeployedJar jar) {
        jar.bundle().ifPresent(bundle -> {
            capabilities.exclude(bundle);
            leases.retire(bundle);
        });
    }

    private void decide(Set<Path> used) {
        Map<DeployedJar, Problem> told = problems;
        List<DeployedJar> seniorFirst = jars.values().stream().sorted(Comparator.comparing(jar -> !used.contains(jar.file()))).toList();
        List<Bundle> deployed = deployed();
        problems = admission.decide(seniorFirst, new Surroundings(installed.besides(deployed), installed.offers(deployed), Map.of()));
        for (DeployedJar jar : jars.values()) {
            Problem problem = problems.get(jar);
            jar.bundle().ifPresent(problem == null ? leases::offer : leases::withhold);
            if (problem != null && told.entrySet().stream().noneMatch(old -> old.getKey().file().equals(jar.file()) && old.getValue().equals(problem))) {
                LOG.warn("{}: {}", jar.name(), problem.text());
            }
        }
    }

    @Override
    public synchronized List<Plugin> check(List<Path> files) {
        List<DeployedJar> trial = files.stream().map(file -> read(file.toString(), file)).toList();
        Map<Boolean, List<DeployedJar>> used = inUse().stream().collect(Collectors.partitioningBy(jar -> isReplaced(jar, files)));
        List<Bundle> replaced = bundles(used.get(true)).toList();
        try {
            replaced.forEach(capabilities::exclude);
            List<Bundle> deployed = Stream.concat(deployed().stream(), bundles(trial)).toList();
            List<Bundle> given = Stream.concat(installed.besides(deployed).stream(), bundles(used.get(false))).toList();
            Map<Offer, String> taken = new HashMap<>(installed.offers(deployed));
            used.get(false).forEach(jar -> jar.offers().forEach(offer -> taken.put(offer, jar.name())));
            Map<DeployedJar, Problem> found = admission.decide(trial, new Surroundings(given, taken, problems));
            return trial.stream().map(jar -> plugin(jar, found.get(jar))).toList();
        } finally {
            replaced.forEach(capabilities::include);
            trial.forEach(this::retire);
            trial.forEach(DeployedJar::deleteCopy);
        }
    }

    private static boolean isReplaced(DeployedJar jar, List<Path> files) {
        return files.stream().anyMatch(file -> file.getFileName().equals(jar.file().getFileName()));
    }

    @Override
    public synchronized List<Plugin> list() {
        List<Plugin> all = new ArrayList<>();
        jars.values().stream().sorted(Comparator.comparing(DeployedJar::name)).forEach(jar -> all.add(plugin(jar, problems.get(jar))));
        leases.retired().forEach(bundle -> all.add(new Plugin(DeployedJar.name(bundle), bundle.getVersion().toString(), Plugin.Origin.DEPLOYED,
                Plugin.State.LEAVING, List.of(), Optional.empty())));
        all.addAll(installed.plugins(deployed(), probe));
        return all;
    }

    private synchronized Optional<String> whyNot(String kind, String type) {
        Stream<Plugin> unusable = problems.entrySet().stream().map(jar -> plugin(jar.getKey(), jar.getValue()));
        return Stream.concat(unusable, installed.plugins(deployed(), probe).stream())
                .filter(plugin -> plugin.problem().isPresent() && plugin.offers().stream().anyMatch(offer -> offer.isMeant(kind, type)))
                .map(plugin -> plugin.name() + " has it, but " + plugin.problem().get())
                .findFirst();
    }

    private static Plugin plugin(DeployedJar jar, Problem problem) {
        return new Plugin(jar.name(), jar.version(), Plugin.Origin.DEPLOYED, problem == null ? Plugin.State.IN_USE : problem.state(), List.copyOf(jar.offers()),
                Optional.ofNullable(problem).map(Problem::text));
    }

    private Set<DeployedJar> inUse() {
        Set<DeployedJar> used = new HashSet<>(jars.values());
        used.removeAll(problems.keySet());
        return used;
    }

    private static Stream<Bundle> bundles(Collection<DeployedJar> jars) {
        return jars.stream().flatMap(jar -> jar.bundle().stream());
    }

    /** Bundles that came through the folder, those that are leaving as well. */
    private List<Bundle> deployed() {
        return Stream.concat(bundles(jars.values()), leases.retired().stream()).toList();
    }

    private String name(Path file) {
        return Path.of(context.getProperty(FOLDER)).getFileName() + "/" + file.getFileName();
    }
}
