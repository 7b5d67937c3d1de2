package dev.selfsup.scaffold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.UsageException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PluginNameTest {
    @Test
    void aNameIsSplitIntoItsWords() {
        Map.of("MyMethod", "my-method", "SimCLR", "sim-clr", "ResNet50", "res-net50", "BYOLHead", "byol-head", "A", "a").forEach((type, artifact) -> {
            PluginName name = PluginName.of(PluginKind.HEAD, type, "custom", null);
            assertEquals(artifact, name.artifact());
            assertEquals(artifact.replace('-', '_'), name.file());
        });
    }

    @Test
    void thePackageIsScopeKindAndNameUnlessOneIsGiven() {
        assertEquals("custom.loss.myloss", PluginName.of(PluginKind.LOSS, "MyLoss", "custom", null).folder());
        assertEquals("org.example", PluginName.of(PluginKind.LOSS, "MyLoss", "custom", "org.example").folder());
    }

    @Test
    void aTypeThatIsNotUpperCamelCaseIsRefusedWithWhatItMayMean() {
        String rule = "NAME must be a Java class name in upper camel case, as MyMethod, not ";
        Map.of("my_method", ", did you mean 'MyMethod'?", "myMethod", ", did you mean 'MyMethod'?", "My-Method!", ", did you mean 'MyMethod'?",
                "Größe", "", "3D", "", "", "").forEach((type, meant) ->
                        assertEquals(rule + "'" + type + "'" + meant, refused(type, "custom", null)));
    }

    @Test
    void aScopeThatIsNoWordIsRefused() {
        assertEquals("--scope must be a word of small letters, digits and underscores, not 'My Lab', did you mean 'my_lab'?", refused("A", "My Lab", null));
        assertEquals("--scope must be a word of small letters, digits and underscores, not ''", refused("A", "", null));
    }

    @Test
    void aPackageThatIsNoneOrTakenIsRefused() {
        assertEquals("'org.my-lab' is no name of a Java package; give one with --package, as org.example.mymethod", refused("A", "custom", "org.my-lab"));
        assertEquals("'native.neck.a' is no name of a Java package; give one with --package, as org.example.mymethod", refused("A", "native", null));
        assertEquals("--package dev.selfsup.api.model is among the packages of Java or of SelfSup; give one of your own, as org.example.mymethod",
                refused("A", "custom", "dev.selfsup.api.model"));
        assertEquals("dev.selfsupper", PluginName.of(PluginKind.NECK, "A", "custom", "dev.selfsupper").folder());
    }

    @Test
    void aKindWithoutTemplateIsRefused() {
        assertEquals("KIND must be one of algorithm, backbone, neck, head, loss, transform, hook, not 'nek'",
                assertThrows(UsageException.class, () -> PluginKind.named("nek")).getMessage());
        assertEquals(PluginKind.HOOK, PluginKind.named("hook"));
    }

    private static String refused(String type, String scope, String folder) {
        UsageException refusal = assertThrows(UsageException.class, () -> PluginName.of(PluginKind.NECK, type, scope, folder), type);
        assertEquals(2, refusal.status());
        return refusal.getMessage();
    }
}
