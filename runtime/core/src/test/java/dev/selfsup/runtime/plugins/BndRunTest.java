package dev.selfsup.runtime.plugins;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.component.Components;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The file for bnd. */
final class BndRunTest {
    @Test
    void typesAreRequirementsAndBundlesAreThoseOfThisContainer() {
        NeededBundles.Needs needs = new NeededBundles.Needs(
                new TreeSet<>(List.of(new Components.Id("algorithm", "mmselfsup", "SimCLR"), new Components.Id("backbone", "mmcls", "ResNet_CIFAR"))),
                List.of(new NeededBundles.Needed("selfsup.api", "0.1.0", Optional.empty()), new NeededBundles.Needed("picocli", "4.7.7", Optional.empty())));
        assertEquals("""
                # The framework and ND4J come from the launcher's class path: lib/boot, lib/core and a backend folder.
                -runfw: org.apache.felix.framework
                -runee: JavaSE-17
                -runrequires: \\
                    selfsup.type;filter:='(&(kind=algorithm)(name=SimCLR)(|(scope=mmselfsup)(!(scope=*))))',\\
                    selfsup.type;filter:='(&(kind=backbone)(name=ResNet_CIFAR)(scope=mmcls))',\\
                    osgi.identity;filter:='(osgi.identity=selfsup.shell)',\\
                    osgi.identity;filter:='(osgi.identity=selfsup.training)',\\
                    osgi.identity;filter:='(osgi.identity=selfsup.core)'
                -runbundles: \\
                    selfsup.api;version='[0.1.0,0.1.0]',\\
                    picocli;version='[4.7.7,4.7.7]'
                """, needs.bndrun());
    }
}
