package dev.selfsup.config;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A configuration: the file merged into its {@code _base_} files, options applied, helpers ({@code _name} at top level)
 * dropped. Immutable.
 */
public final class Config {
    private final Node.Mapping root;

    private Config(Node.Mapping root) {
        this.root = root;
    }

    /**
     * Reads a file.
     *
     * @param file the YAML file
     * @param options values that override it, each {@code a.b.1.c=VALUE} with the value in YAML
     * @return the configuration
     * @throws UsageException with all mistakes found, one a line, if the file, a base or an option is wrong
     */
    public static Config load(Path file, List<String> options) {
        Problems problems = new Problems();
        Node.Mapping merged = new ConfigFiles(problems).read(file);
        problems.throwIfAny();
        return finish(merged, options, problems);
    }

    /**
     * Reads a configuration that is no file; it cannot have a {@code _base_}.
     *
     * @param name what messages call it
     * @param text YAML or JSON
     * @return the configuration
     * @throws UsageException with all mistakes found, one a line
     */
    public static Config parse(String name, String text) {
        Problems problems = new Problems();
        Optional<Node.Mapping> parsed = YamlReader.readFile(name, text, problems).flatMap(node -> ConfigFiles.root(node, problems));
        parsed.flatMap(node -> node.get(ConfigFiles.BASE))
                .ifPresent(base -> problems.add(base.origin(), ConfigFiles.BASE, "only a file can have bases"));
        problems.throwIfAny();
        return finish((Node.Mapping) new Merge(problems).clean(parsed.orElseThrow()), List.of(), problems);
    }

    private static Config finish(Node.Mapping merged, List<String> options, Problems problems) {
        Node.Mapping overridden = new Overrides(problems).apply(merged, options);
        Map<String, Node.Entry> entries = new LinkedHashMap<>(overridden.entries());
        entries.keySet().removeIf(key -> key.startsWith("_") && !key.equals(Place.SCOPE));
        problems.throwIfAny();
        return new Config(overridden.with(entries));
    }

    /** This configuration with other keys at top level. */
    Config with(Map<String, Node.Entry> entries) {
        return new Config(root.with(entries));
    }

    /** The values. */
    public Node.Mapping root() {
        return root;
    }

    /**
     * Finds a value.
     *
     * @param path keys and list positions joined by dots, {@code model.backbone.depth}
     * @return the value, if there is one
     */
    public Optional<Node> find(String path) {
        return KeyPath.parse(path).flatMap(keys -> keys.find(root));
    }

    /**
     * Tells what was written for a path, in the file, its bases and the options.
     *
     * @param path keys and list positions joined by dots
     * @return every value with the place of its key, newest first; also those that were replaced with the whole mapping or list around them, so that there
     *     may be some where {@link #find} finds nothing
     */
    public List<Node.Entry> history(String path) {
        return KeyPath.parse(path).map(keys -> History.of(root, keys)).orElse(List.of());
    }

    /**
     * Looks up what the config records of a run say of a path, whether it was written or not.
     *
     * @param path keys and list positions joined by dots
     * @param components what types can be named
     * @return the key, its owner and its default
     */
    public Declaration declaration(String path, Components components) {
        return KeyPath.parse(RunKeys.place(path))
                .map(keys -> new Declarations(components).of(RunKeys.prepare(this).root(), RunConfig.class, scopes(), keys))
                .orElseThrow(() -> new UsageException("'" + path + "' is no key: write keys and list positions joined by dots, as model.backbone.depth"));
    }

    /**
     * Binds the whole configuration to a record: keys in snake case are its components, fields whose type is a kind
     * arrive built.
     *
     * @param type the record
     * @param components what types can be named
     * @return the record
     * @throws UsageException with all mistakes found, one a line
     */
    public <T> T bind(Class<T> type, Components components) {
        return bind("", root, type, components);
    }

    /**
     * Binds a part of the configuration, as {@code model} to an algorithm.
     *
     * @param path keys and list positions joined by dots
     * @param type a record or a kind
     * @param components what types can be named
     * @return the record, or the component built
     * @throws UsageException with all mistakes found, one a line
     */
    public <T> T bind(String path, Class<T> type, Components components) {
        Node part = find(path).orElseThrow(() -> new UsageException(root.origin() + ": " + path + ": missing key"));
        return bind(path, part, type, components);
    }

    /** Binds other keys than those at top level, in the scope of this configuration. */
    <T> T bind(Node.Mapping part, Class<T> type, Components components) {
        return bind("", part, type, components);
    }

    private <T> T bind(String path, Node node, Class<T> type, Components components) {
        Problems problems = new Problems();
        Optional<Object> value = new Binder(components, problems).bind(new Place(path, scopes()), node, type);
        problems.throwIfAny();
        return type.cast(value.orElseThrow());
    }

    private List<String> scopes() {
        return root.get("default_scope")
                .filter(node -> node instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.STRING)
                .map(node -> List.of(((Node.Scalar) node).text()))
                .orElse(List.of("mmselfsup"));
    }

    /** The values as YAML, which reads back to the same values. */
    public String toYaml() {
        return YamlWriter.write(root);
    }

    /** The values as JSON; infinities and NaN, which JSON lacks, as texts. */
    public String toJson() {
        return JsonWriter.write(root);
    }

    /**
     * Writes the values as YAML.
     *
     * @param file the file to write or replace
     * @throws IOException if it cannot be written
     */
    public void write(Path file) throws IOException {
        Files.writeString(file, toYaml());
    }
}
