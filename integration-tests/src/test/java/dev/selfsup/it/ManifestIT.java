package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ManifestIT {
    private static final Path BUNDLES = Path.of(System.getProperty("selfsup.dist"), "bundles");
    /** Names in the constant pool of a class that uses SameDiff's own losses, or computes a node outside of a plan. */
    private static final List<String> WRONG_GRADIENTS = List.of("org/nd4j/autodiff/samediff/ops/SDLoss", "\1\0\4eval");
    /** What a component may use of ND4J: arrays and the nodes of a graph, not what runs or differentiates one. */
    private static final Set<String> ND4J = Set.of(
            "org.nd4j.autodiff.samediff", "org.nd4j.autodiff.samediff.ops", "org.nd4j.linalg.api.buffer",
            "org.nd4j.linalg.api.ndarray", "org.nd4j.linalg.factory");

    @Test
    void componentsImportOnlyExportedPackagesOfOursAndAShortListOfOthers() throws IOException {
        assertEquals(List.of(), forbiddenImports(jars()));
    }

    /** What components in bundles import though they must not. */
    static List<String> forbiddenImports(List<Path> jars) throws IOException {
        Set<String> exported = new HashSet<>();
        manifests(jars()).forEach(bundle -> exported.addAll(packages(bundle.getValue("Export-Package"))));
        List<String> forbidden = new ArrayList<>();
        for (Attributes bundle : manifests(jars)) {
            for (String imported : packages(isComponent(bundle) ? bundle.getValue("Import-Package") : null)) {
                if (!exported.contains(imported) && !mayBeImported(imported)) {
                    forbidden.add(bundle.getValue("Bundle-SymbolicName") + " imports " + imported);
                }
            }
        }
        return forbidden;
    }

    @Test
    void componentsExportNothing() throws IOException {
        assertEquals(List.of(), manifests(jars()).stream()
                .filter(bundle -> isComponent(bundle) && bundle.getValue("Export-Package") != null)
                .map(bundle -> bundle.getValue("Bundle-SymbolicName")).toList());
    }

    /** Else a service is there twice. */
    @Test
    void aClassLiesInOneBundle() throws IOException {
        Map<String, Path> seen = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (Path jar : jars()) {
            try (JarFile file = new JarFile(jar.toFile())) {
                for (JarEntry entry : classes(file)) {
                    Path first = seen.putIfAbsent(entry.getName(), jar);
                    if (first != null) {
                        twice.add(entry.getName() + " lies in " + first.getFileName() + " and " + jar.getFileName());
                    }
                }
            }
        }
        assertEquals(List.of(), twice);
    }

    @Test
    void thereAreBundlesOfComponents() throws IOException {
        assertFalse(manifests(jars()).stream().filter(ManifestIT::isComponent).toList().isEmpty());
    }

    @Test
    void componentsUseNeitherTheLossesNorTheSessionsOfSameDiff() throws IOException {
        assertEquals(List.of(), usersOfWrongGradients(jars()));
    }

    /** Classes of components that use what gives wrong gradients. */
    static List<String> usersOfWrongGradients(List<Path> jars) throws IOException {
        List<String> users = new ArrayList<>();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                for (JarEntry entry : isComponent(file.getManifest().getMainAttributes()) ? classes(file) : List.<JarEntry>of()) {
                    String code = new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                    WRONG_GRADIENTS.stream().filter(code::contains).forEach(name -> users.add(entry.getName() + " uses " + name.strip()));
                }
            }
        }
        return users;
    }

    private static List<JarEntry> classes(JarFile file) {
        return file.stream().filter(entry -> entry.getName().endsWith(".class")).toList();
    }

    private static boolean mayBeImported(String name) {
        return name.startsWith("java.") || name.startsWith("javax.imageio") || name.startsWith("org.osgi.")
                || name.equals("org.slf4j") || ND4J.contains(name);
    }

    private static boolean isComponent(Attributes bundle) {
        String capabilities = bundle.getValue("Provide-Capability");
        return capabilities != null && capabilities.contains("selfsup.type");
    }

    static List<Attributes> manifests(List<Path> jars) throws IOException {
        List<Attributes> manifests = new ArrayList<>();
        for (Path jar : jars) {
            try (JarFile file = new JarFile(jar.toFile())) {
                manifests.add(file.getManifest().getMainAttributes());
            }
        }
        return manifests;
    }

    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(BUNDLES)) {
            return files.sorted().toList();
        }
    }

    /** Names of a header's clauses; what stands in quotes, as lists of uses, separates nothing. */
    private static List<String> packages(String header) {
        if (header == null) {
            return List.of();
        }
        return Stream.of(header.replaceAll("\"[^\"]*\"", "").split(",")).map(clause -> clause.split(";")[0].strip()).toList();
    }
}
