package dev.selfsup.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The text of {@code docs/methods.md}: for each folder of {@code configs/selfsup}, what its algorithm says of itself, the parts that its configs name, and the opening lines of
 * these configs and of the method's quickstarts.
 */
final class MethodsPage {
    /** Kinds that are parts of a method, and what they are called here. */
    private static final Map<String, String> PARTS = parts();
    private static final Pattern MODEL = Pattern.compile("_base_: \\S+|../_base_/models/(\\S+)\\.yaml");
    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path root;
    private final Map<String, JsonNode> components;

    /**
     * @param root the checkout
     * @param components metadata by {@code kind scope.type}
     */
    MethodsPage(Path root, Map<String, JsonNode> components) {
        this.root = root;
        this.components = components;
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        for (String kind : List.of("backbone", "neck", "head", "loss", "memory", "target_generator", "data_preprocessor", "clustering", "hook")) {
            parts.put(kind, kind.replace('_', ' '));
        }
        return parts;
    }

    /**
     * A config and the comment that it opens with.
     *
     * @param path of the file, relative to the checkout
     * @param opening its first comment lines, without their marks
     * @param values all of it, resolved
     */
    private record Listed(Path path, List<String> opening, JsonNode values) {
        String name() {
            return path.getFileName().toString().replace(".yaml", "");
        }

        String link() {
            return "[`" + name() + "`](../" + path + ")";
        }

        String algorithm() {
            return unscoped(values.at("/model/type").asText());
        }
    }

    String text() throws IOException {
        StringBuilder page = new StringBuilder("""
                # Methods

                What each method is, what it is made of, and its configs. Generated from the components and the configs (`MethodsIT`); text is changed there.
                """);
        Map<String, String> missing = new TreeMap<>();
        List<Listed> quickstarts = configs(Path.of("configs/quickstart"));
        List<String> folders = folders();
        for (String folder : folders) {
            List<Listed> configs = configs(Path.of("configs/selfsup", folder));
            Optional<JsonNode> algorithm = component("algorithm", configs.get(0).algorithm());
            if (algorithm.isPresent()) {
                page.append('\n').append(section(algorithm.get(), configs, quickstarts.stream().filter(file -> belongs(file, folder, folders)).toList()));
            } else {
                missing.put(folder, configs.get(0).algorithm());
            }
        }
        if (!missing.isEmpty()) {
            page.append("\n## Not there yet\n\nConfigs that resolve, but whose algorithm is not part of this distribution:\n\n");
            missing.forEach((folder, type) -> page.append("- `configs/selfsup/" + folder + "`: `" + type + "`\n"));
        }
        return page.toString();
    }

    private String section(JsonNode algorithm, List<Listed> configs, List<Listed> quickstarts) throws IOException {
        List<String> opening = configs.get(0).opening();
        String[] title = opening.get(0).split(": ", 2);
        StringBuilder text = new StringBuilder("## " + title[0] + "\n\n[" + title[1] + "](" + opening.get(1) + ")\n\n");
        text.append(algorithm.path("doc").asText().strip()).append("\n\n");
        text.append("Algorithm `" + algorithm.path("type").asText() + "`; " + parts(configs) + ".\n\n");
        for (String model : models(configs)) {
            text.append(model).append('\n');
        }
        text.append("\n");
        for (Listed quickstart : quickstarts) {
            text.append("- " + quickstart.link() + ": " + expectation(quickstart) + "\n");
        }
        for (Listed config : configs) {
            text.append("- " + config.link() + ": " + String.join(" ", config.opening().subList(3, config.opening().lastIndexOf(""))) + "\n");
        }
        return text.toString();
    }

    /** {@code backbone `ResNet`; loss `CrossEntropyLoss`}: the installed types that the configs name. */
    private String parts(List<Listed> configs) {
        Set<String> types = new LinkedHashSet<>();
        for (Listed config : configs) {
            for (String part : List.of("model", "data_preprocessor", "custom_hooks")) {
                config.values().path(part).findValuesAsText("type").forEach(type -> types.add(unscoped(type)));
            }
        }
        return PARTS.entrySet().stream()
                .map(kind -> Map.entry(kind.getValue(), types.stream().filter(type -> component(kind.getKey(), type).isPresent()).sorted().toList()))
                .filter(kind -> !kind.getValue().isEmpty())
                .map(kind -> kind.getKey() + kind.getValue().stream().map(type -> " `" + type + "`").collect(Collectors.joining(",")))
                .collect(Collectors.joining("; "));
    }

    /** What the base files of the models say. */
    private List<String> models(List<Listed> configs) throws IOException {
        Set<String> sentences = new LinkedHashSet<>();
        for (Listed config : configs) {
            Matcher model = MODEL.matcher(Files.readString(root.resolve(config.path())));
            while (model.find()) {
                if (model.group(1) != null) {
                    sentences.add(opening(root.resolve("configs/selfsup/_base_/models").resolve(model.group(1) + ".yaml")).get(0));
                }
            }
        }
        return List.copyOf(sentences);
    }

    private static String expectation(Listed quickstart) {
        String opening = String.join(" ", quickstart.opening());
        return opening.replaceFirst(".*Expect: +", "").replaceFirst(" Run: .*", "");
    }

    private Optional<JsonNode> component(String kind, String type) {
        return components.values().stream().filter(c -> c.path("kind").asText().equals(kind) && c.path("type").asText().equals(type)).findFirst();
    }

    private static String unscoped(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** Whether a quickstart is of the method of a folder: its name begins with it, whatever parts the words of the names, and with no longer one. */
    private static boolean belongs(Listed quickstart, String folder, List<String> folders) {
        return folders.stream().filter(name -> letters(quickstart.name()).startsWith(letters(name)))
                .max(Comparator.comparing(String::length)).filter(folder::equals).isPresent();
    }

    private static String letters(String name) {
        return name.replaceAll("[_-]", "");
    }

    private List<String> folders() throws IOException {
        try (Stream<Path> folders = Files.list(root.resolve("configs/selfsup"))) {
            return folders.filter(Files::isDirectory).map(folder -> folder.getFileName().toString()).filter(name -> !name.equals("_base_")).sorted().toList();
        }
    }

    private List<Listed> configs(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> files = Files.list(root.resolve(folder))) {
            paths = files.filter(file -> file.toString().endsWith(".yaml")).sorted(Comparator.comparing(MethodsPage::byNumber)).toList();
        }
        List<Listed> configs = new ArrayList<>();
        for (Path path : paths) {
            configs.add(new Listed(root.relativize(path), opening(path), JSON.readTree(Config.load(path, List.of()).toJson())));
        }
        return configs;
    }

    /** A name that sorts by the numbers in it, 300 before 1600. */
    private static String byNumber(Path file) {
        return NUMBER.matcher(file.getFileName().toString()).replaceAll(number -> String.format("%06d", Integer.parseInt(number.group())));
    }

    private static List<String> opening(Path file) throws IOException {
        return Files.readAllLines(file).stream().takeWhile(line -> line.startsWith("#")).map(line -> line.replaceFirst("^#", "").strip()).toList();
    }
}
