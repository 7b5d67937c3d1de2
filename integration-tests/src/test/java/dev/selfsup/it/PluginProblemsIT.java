package dev.selfsup.it;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.runtime.plugins.Plugin.State;
import dev.selfsup.runtime.plugins.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** Jars that cannot be used: why is told down to the leaf, and nothing else changes. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public final class PluginProblemsIT {
    private static final String USES_TOOLS = "Import-Package: com.acme.tools;version=\"[1.2,2)\"";

    @Inject
    private Components components;

    @Inject
    private Plugins plugins;

    @Inject
    private BundleContext bundles;

    private WatchedFolder deploy;
    private Path folder;
    private List<Components.Id> before;

    /** The distribution and an empty, watched folder. */
    @Configuration
    public Option[] distribution() throws IOException {
        return WatchedFolder.distribution();
    }

    @Before
    public void watch() throws IOException {
        deploy = new WatchedFolder(bundles, plugins);
        folder = Files.createTempDirectory("jars");
        before = components.ids();
    }

    @After
    public void clear() throws Exception {
        deploy.clear();
        assertEquals(before, components.ids());
    }

    private void assertProblem(Path jar, State state, String problem) throws Exception {
        assertEquals(problem, plugins.check(List.of(jar)).get(0).problem().orElse("none"));
        assertEquals(problem, deploy.drop(jar, "x.jar", state).problem().orElse("none"));
        assertEquals(before, components.ids());
    }

    @Test
    public void aFileThatIsNoJar() throws Exception {
        assertProblem(Files.writeString(folder.resolve("a.jar"), "garbage"), State.NOT_USABLE,
                "is broken, or no jar: zip END header not found (ZipException); copy it again");
    }

    @Test
    public void aJarThatWasNotCopiedToItsEnd() throws Exception {
        byte[] whole = Files.readAllBytes(deploy.sample());
        assertProblem(Files.write(folder.resolve("a.jar"), Arrays.copyOf(whole, whole.length / 2)), State.NOT_USABLE,
                "is broken, or no jar: zip END header not found (ZipException); copy it again");
    }

    @Test
    public void aJarThatIsNoBundle() throws Exception {
        assertProblem(Jars.manifest(folder.resolve("a.jar"), "Created-By: somebody"), State.NOT_USABLE,
                "is not a bundle: its manifest has no Bundle-SymbolicName; build it with bnd");
    }

    @Test
    public void aRequirementThatNobodyMeets() throws Exception {
        assertProblem(Jars.bundle(folder.resolve("a.jar"), "acme.user", USES_TOOLS), State.WAITING,
                "needs package com.acme.tools, version [1.2.0,2.0.0), which no bundle offers");
    }

    @Test
    public void aPackageThatIsThereInAnotherVersion() throws Exception {
        Path jar = Jars.bundle(folder.resolve("a.jar"), "acme.user", "Import-Package: picocli;version=\"[99,100)\"");
        assertProblem(jar, State.WAITING, "needs package picocli, version [99.0.0,100.0.0), which no bundle offers (there is 4.7.7)");
    }

    @Test
    public void aNewerJava() throws Exception {
        Path jar = Jars.bundle(folder.resolve("a.jar"), "acme.user", "Require-Capability: osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"");
        assertProblem(jar, State.WAITING, "needs Java 99 (this is Java " + Runtime.version().feature() + ")");
    }

    @Test
    public void aTypeThatNobodyHas() throws Exception {
        Path jar = Jars.bundle(folder.resolve("a.jar"), "acme.user",
                "Require-Capability: selfsup.type;filter:=\"(&(kind=backbone)(scope=acme)(name=Tower))\"");
        assertProblem(jar, State.WAITING, "needs backbone acme.Tower, which no bundle offers");
    }

    @Test
    public void aDefaultThatCannotBeBound() throws Exception {
        assertProblem(deploy.broken("defaults"), State.NOT_USABLE, "is not usable: hook broken.WrongDefault: size must be positive, not -1");
    }

    @Test
    public void aComponentThatCannotBeMade() throws Exception {
        assertProblem(deploy.broken("constructor"), State.NOT_USABLE, "is not usable: dev.selfsup.broken.constructor.WrongConstructor$Factory: "
                + "port 70000 is out of range (IllegalArgumentException)");
    }

    @Test
    public void aClassThatIsMissing() throws Exception {
        assertProblem(deploy.broken("missing"), State.NOT_USABLE, "is not usable: hook broken.MissingClass: class dev.selfsup.broken.absent.Absent is missing: "
                + "import its package, or put it into the jar");
    }

    @Test
    public void aServiceThatNobodyHasUntilItComes() throws Exception {
        assertProblem(deploy.broken("reference"), State.WAITING, "is not usable: dev.selfsup.broken.reference.WrongReference$Factory needs a service of "
                + "java.util.concurrent.Executor, which no bundle offers");
        ServiceRegistration<Executor> executor = bundles.registerService(Executor.class, Runnable::run, null);
        deploy.drop(Jars.bundle(folder.resolve("a.jar"), "acme.other"), "a.jar", State.IN_USE);
        deploy.await("x.jar", State.IN_USE);
        executor.unregister();
    }

    @Test
    public void aBundleStartsWhenWhatItNeedsArrivesAndWaitsAgainWhenThatGoes() throws Exception {
        Path user = Jars.bundle(folder.resolve("user.jar"), "acme.user", USES_TOOLS);
        Path tools = Jars.bundle(folder.resolve("tools.jar"), "acme.tools", "Export-Package: com.acme.tools;version=1.4");
        deploy.drop(user, "user.jar", State.WAITING);
        deploy.drop(tools, "tools.jar", State.IN_USE);
        deploy.await("user.jar", State.IN_USE);
        deploy.remove("tools.jar");
        assertEquals("needs package com.acme.tools, version [1.2.0,2.0.0), which no bundle offers",
                deploy.await("user.jar", State.WAITING).problem().orElseThrow());
        deploy.drop(tools, "tools.jar", State.IN_USE);
        deploy.await("user.jar", State.IN_USE);
    }

    @Test
    public void aChainOfRequirementsIsToldDownToItsLeaf() throws Exception {
        deploy.drop(Jars.bundle(folder.resolve("middle.jar"), "acme.middle", USES_TOOLS, "Export-Package: com.acme.middle;version=1"), "middle.jar", State.WAITING);
        Path user = Jars.bundle(folder.resolve("a.jar"), "acme.user", "Import-Package: com.acme.middle");
        assertProblem(user, State.WAITING, "needs package com.acme.middle of deploy/middle.jar, which needs package com.acme.tools, "
                + "version [1.2.0,2.0.0), which no bundle offers");
    }

    @Test
    public void bundlesThatNeedEachOtherAreUsedTogether() throws Exception {
        deploy.drop(Jars.bundle(folder.resolve("a.jar"), "acme.a", "Export-Package: acme.a", "Import-Package: acme.b"), "a.jar", State.WAITING);
        deploy.drop(Jars.bundle(folder.resolve("b.jar"), "acme.b", "Export-Package: acme.b", "Import-Package: acme.a"), "b.jar", State.IN_USE);
        deploy.await("a.jar", State.IN_USE);
    }

    @Test
    public void theSecondBundleWithATypeIsNotUsedUntilTheFirstIsRemoved() throws Exception {
        deploy.drop(deploy.sample(), "first.jar", State.IN_USE);
        Plugin second = deploy.drop(deploy.sample(), "second.jar", State.WAITING);
        assertEquals("is not used: deploy/first.jar has the algorithm sample.SampleSiam already", second.problem().orElseThrow());
        deploy.remove("first.jar");
        deploy.await("second.jar", State.IN_USE);
        assertTrue(components.find("algorithm", "SampleSiam", List.of()).isPresent());
    }

    @Test
    public void aTypeOfTheDistributionIsTaken() throws Exception {
        assertProblem(Jars.bundle(folder.resolve("a.jar"), "acme.simclr", "Provide-Capability: selfsup.type;kind=algorithm;name=SimCLR"), State.WAITING,
                "is not used: selfsup.algorithms.simclr has the algorithm mmselfsup.SimCLR already");
    }

    @Test
    public void aJarThatIsMendedIsUsed() throws Exception {
        deploy.drop(Files.writeString(folder.resolve("a.jar"), "garbage"), "x.jar", State.NOT_USABLE);
        deploy.drop(deploy.sample(), "x.jar", State.IN_USE);
    }

    @Test
    public void aJarThatReplacesAnotherIsCheckedAsIfThatWereGoneAndLeavesNothing() throws Exception {
        deploy.drop(deploy.sample(), "sample.jar", State.IN_USE);
        List<Long> installed = Arrays.stream(bundles.getBundles()).map(Bundle::getBundleId).toList();
        Plugin replacement = plugins.check(List.of(Files.copy(deploy.sample(), folder.resolve("sample.jar")))).get(0);
        assertEquals(State.IN_USE, replacement.state());
        Plugin other = plugins.check(List.of(Files.copy(deploy.sample(), folder.resolve("other.jar")))).get(0);
        assertEquals("is not used: deploy/sample.jar has the algorithm sample.SampleSiam already", other.problem().orElseThrow());
        assertEquals(installed, Arrays.stream(bundles.getBundles()).map(Bundle::getBundleId).toList());
        assertTrue(components.find("algorithm", "SampleSiam", List.of()).isPresent());
    }

    @Test
    public void jarsAreCheckedTogether() throws Exception {
        List<Plugin> both = plugins.check(List.of(Jars.bundle(folder.resolve("user.jar"), "acme.user", USES_TOOLS),
                Jars.bundle(folder.resolve("tools.jar"), "acme.tools", "Export-Package: com.acme.tools;version=1.4")));
        assertEquals(List.of(State.IN_USE, State.IN_USE), both.stream().map(Plugin::state).toList());
    }
}
