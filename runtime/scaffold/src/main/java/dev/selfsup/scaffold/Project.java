package dev.selfsup.scaffold;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a plug-in's project: templates whose placeholders, as {@code __Type__}, are filled.
 *
 * @param kind kind of its component
 * @param name what it is called
 * @param folder where it will lie, absolute
 * @param installation the SelfSup that it is built with
 */
record Project(PluginKind kind, PluginName name, Path folder, Installation installation) {
    private static final Pattern PLACEHOLDER = Pattern.compile("__([A-Za-z]+)__");

    /**
     * The contents of the files by their paths in the project.
     *
     * @throws UsageException if the code of the template uses the type's name for something else
     */
    Map<String, String> files() {
        String source = name.folder().replace('.', '/') + "/" + name.type();
        Map<String, String> templates = new LinkedHashMap<>();
        templates.put("README.md", "project/README.md");
        templates.put("pom.xml", "project/pom.xml");
        templates.put("bnd.bnd", "project/bnd.bnd");
        templates.put(".gitignore", "project/gitignore");
        templates.put("src/main/java/" + source + ".java", kind + "/Component.java");
        templates.put("src/test/java/" + source + "Test.java", kind + "/ComponentTest.java");
        templates.put("configs/" + name.file() + ".yaml", kind + "/config.yaml");
        templates.put("configs/_base_/run.yaml", "project/run.yaml");
        if (kind != PluginKind.ALGORITHM) {
            templates.put("configs/_base_/simclr.yaml", "project/simclr.yaml");
        }
        Map<String, String> values = values();
        Map<String, String> files = new LinkedHashMap<>();
        templates.forEach((path, template) -> files.put(path, fill(template, values)));
        return files;
    }

    private Map<String, String> values() {
        boolean inside = installation.contains(folder);
        Commands commands = new Commands(inside ? installation.root() : folder, installation, folder, name);
        Map<String, String> values = new LinkedHashMap<>();
        values.put("kind", kind.toString());
        values.put("Type", name.type());
        values.put("name", name.file());
        values.put("artifact", name.artifact());
        values.put("scope", name.scope());
        values.put("package", name.folder());
        values.put("folder", name.folder().replace('.', '/'));
        values.put("version", Commands.VERSION);
        values.put("home", xml(inside ? "${project.basedir}/" + folder.relativize(installation.home()) : installation.home().toString()));
        values.put("data", yaml((inside ? installation.root().relativize(installation.images()) : installation.images()).toString()));
        values.put("place", inside ? "In the folder of SelfSup" : "In this folder");
        values.put("commands", String.join("\n", commands.all()));
        values.put("train", commands.train());
        return values;
    }

    private String fill(String template, Map<String, String> values) {
        String text = read(template);
        if (template.endsWith(".java") && Pattern.compile("\\b" + name.type() + "\\b").matcher(text).find()) {
            throw new UsageException("NAME must not be '" + name.type() + "': the code of a plug-in of kind " + kind + " uses that name; did you mean 'My" + name.type() + "'?");
        }
        return PLACEHOLDER.matcher(text).replaceAll(found -> Matcher.quoteReplacement(values.get(found.group(1))));
    }

    private static String read(String template) {
        try (InputStream in = Project.class.getResourceAsStream(template)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the template " + template, e);
        }
    }

    private static String xml(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String yaml(String text) {
        return text.matches("[\\w./][\\w./+-]*") ? text : "'" + text.replace("'", "''") + "'";
    }
}
