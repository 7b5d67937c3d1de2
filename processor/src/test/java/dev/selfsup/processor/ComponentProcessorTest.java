package dev.selfsup.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ComponentProcessorTest {
    private static final List<String> API = List.of(
            "public @interface Kind { String value(); }",
            "public @interface Key { String value(); }",
            "public @interface Default { String value(); }",
            "public @interface TypeKey { String value(); }",
            "public @interface TypeName { String kind(); String name(); String scope() default \"mmselfsup\"; }",
            "public interface ComponentFactory<T, C extends Record> { T create(C config); }",
            "@Kind(\"neck\") public interface Neck {}");

    @TempDir
    Path classes;

    @Test
    void aComponentIsDescribedWithItsKeysTypesDefaultsAndJavadoc() throws IOException {
        assertEquals(List.of(), compile("""
                /**
                 * Projects {@code [N, C]} to fewer dimensions. And more: {@link Neck}.
                 *
                 * <p>Second paragraph.
                 */
                public final class Projector {
                    /**
                     * @param outChannels width, at
                     *     least 1
                     * @param rate end of {@code T}
                     */
                    record Config(@Default("[4]") List<Integer> outChannels, @Key("T_max") double rate, Optional<Neck> next, Sub sub) {}
                    /** @param deep how deep */
                    record Sub(Optional<Boolean> deep) {}
                    @TypeName(kind = "neck", name = "Projector", scope = "mmcls")
                    static final class Factory implements ComponentFactory<Neck, Config> {
                        public Neck create(Config config) { return null; }
                    }
                }"""));
        String json = Files.readString(classes.resolve("META-INF/selfsup/dev.selfsup.api.component/neck.mmcls.Projector.json"));
        assertEquals("""
                {"kind": "neck", "scope": "mmcls", "type": "Projector", "class": "dev.selfsup.api.component.Projector", \
                "summary": "Projects [N, C] to fewer dimensions.", \
                "doc": "Projects [N, C] to fewer dimensions. And more: Neck.\\n\\nSecond paragraph.", "config": [\
                {"key": "out_channels", "type": "list of integer", "default": "[4]", "required": false, "doc": "width, at least 1"},
                  {"key": "T_max", "type": "number", "required": true, "doc": "end of T"},
                  {"key": "next", "type": "neck", "required": false, "doc": ""},
                  {"key": "sub", "type": "mapping", "required": true, "doc": "", \
                "keys": [{"key": "deep", "type": "boolean", "required": false, "doc": "how deep"}]}]}""", json);
    }

    @Test
    void keysThatNeedNotBeGivenAreNotRequired() throws IOException {
        assertEquals(List.of(), compile("""
                abstract class Some implements ComponentFactory<Neck, Some.Config> {
                    record Config(OptionalDouble rate, OptionalInt count, @TypeKey("other") Neck settings, Object anything) {}
                    @TypeName(kind = "neck", name = "Some")
                    abstract static class Factory implements ComponentFactory<Neck, Config> {}
                }"""));
        String json = Files.readString(classes.resolve("META-INF/selfsup/dev.selfsup.api.component/neck.Some.json"));
        assertTrue(json.contains("{\"key\": \"rate\", \"type\": \"number\", \"required\": false"), json);
        assertTrue(json.contains("{\"key\": \"count\", \"type\": \"integer\", \"required\": false"), json);
        assertTrue(json.contains("{\"key\": \"settings\", \"type\": \"neck\", \"required\": false"), json);
        assertTrue(json.contains("{\"key\": \"anything\", \"type\": \"anything\", \"required\": true"), json);
    }

    @Test
    void aKindThatTheFactoryDoesNotMakeFailsTheCompilation() {
        List<String> errors = compile(factory("head", "ComponentFactory<Neck, Factory.Config>"));
        assertEquals(1, errors.size(), errors::toString);
        assertTrue(errors.get(0).contains("contradicts the factory, which makes a neck"), errors::toString);
    }

    @Test
    void aFactoryOfNoKindFailsTheCompilation() {
        List<String> errors = compile(factory("neck", "ComponentFactory<String, Factory.Config>"));
        assertTrue(errors.get(0).contains("String is no kind of component"), errors::toString);
    }

    @Test
    void aFactoryWhoseConfigIsNoRecordOfItsOwnFailsTheCompilation() {
        List<String> errors = compile(factory("neck", "ComponentFactory<Neck, Record>"));
        assertTrue(errors.get(0).contains("the config of a component must be a record"), errors::toString);
    }

    @Test
    void aFactoryForMmselfsupNeedsNoScopeInItsFileName() {
        assertEquals(List.of(), compile(factory("neck", "ComponentFactory<Neck, Factory.Config>")));
        assertTrue(Files.exists(classes.resolve("META-INF/selfsup/dev.selfsup.api.component/neck.Some.json")));
        assertFalse(Files.exists(classes.resolve("META-INF/selfsup/dev.selfsup.api.component/neck.mmselfsup.Some.json")));
    }

    private static String factory(String kind, String type) {
        return "@TypeName(kind = \"" + kind + "\", name = \"Some\") abstract class Factory implements " + type + " { record Config() {} }";
    }

    private List<String> compile(String source) {
        List<JavaFileObject> files = new ArrayList<>();
        API.forEach(type -> files.add(file("package dev.selfsup.api.component;\n" + type)));
        files.add(file("package dev.selfsup.api.component;\nimport java.util.*;\n" + source));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaCompiler.CompilationTask task =
                compiler.getTask(null, null, problems, List.of("-d", classes.toString()), null, files);
        task.setProcessors(List.of(new ComponentProcessor()));
        task.call();
        return problems.getDiagnostics().stream()
                .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                .map(problem -> problem.getMessage(Locale.ROOT))
                .toList();
    }

    private static JavaFileObject file(String source) {
        String name = source.replaceAll("(?s).*?(?:@interface|interface|class) (\\w+).*", "$1");
        return new SimpleJavaFileObject(URI.create("memory:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }
}
