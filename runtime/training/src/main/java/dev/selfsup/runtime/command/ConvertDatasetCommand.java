package dev.selfsup.runtime.command;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.dataset.AnnotationFile;
import dev.selfsup.dataset.JsonAnnotations;
import dev.selfsup.dataset.Listing;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.NewFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code convert-dataset KIND INPUT --out FILE}: lists of images and labels as datasets read them. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=convert-dataset")
@CommandLine.Command(name = "convert-dataset", description = {
    "Writes a list of images and labels, as ann_file names it, from what a dataset is published with.",
    "inaturalist2018: INPUT is the annotation file in JSON, as train2018.json.",
    "imagenet-subset: INPUT is one of SimCLR's lists of file names, as 1percent.txt; --labels names the list of all images, as meta/train.txt.",
    "voc: INPUT is a folder as VOCdevkit/VOC2007; the images for training and validation come first, then those for testing."})
public final class ConvertDatasetCommand implements Command {
    /** What is converted. */
    public enum Kind {
        /** Annotations of iNaturalist 2018. */
        INATURALIST2018,
        /** A part of the images of ImageNet. */
        IMAGENET_SUBSET,
        /** Sets of images of PASCAL VOC. */
        VOC;

        static Kind of(String text) {
            for (Kind kind : values()) {
                if (kind.toString().equals(text)) {
                    return kind;
                }
            }
            throw new UsageException("KIND must be inaturalist2018, imagenet-subset or voc, not " + text);
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    @CommandLine.Parameters(index = "0", paramLabel = "KIND", description = "inaturalist2018, imagenet-subset or voc")
    private String kind;

    @CommandLine.Parameters(index = "1", paramLabel = "INPUT", description = "file or folder that is read")
    private Path input;

    @CommandLine.Option(names = "--out", paramLabel = "FILE", required = true, description = "text file that is written")
    private Path out;

    @CommandLine.Option(names = "--labels", paramLabel = "FILE", description = "imagenet-subset: list of all images and labels")
    private Path labels;

    @CommandLine.Option(names = "--force", description = "overwrite FILE if there is one")
    private boolean force;

    @Override
    public int run(Call call) {
        Kind wanted = Kind.of(kind);
        NewFile.check(out, force);
        if (!Files.exists(input)) {
            throw new UsageException("INPUT: there is no " + input);
        }
        List<String> lines = switch (wanted) {
            case INATURALIST2018 -> inaturalist();
            case IMAGENET_SUBSET -> subset();
            case VOC -> voc();
        };
        NewFile.write(out, force, file -> file.write((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        call.out().println("wrote " + out + ": " + lines.size() + " images");
        return 0;
    }

    private List<String> inaturalist() {
        JsonAnnotations annotations = JsonAnnotations.read(input);
        List<String> lines = new ArrayList<>();
        annotations.images().forEach((id, name) -> {
            Integer category = annotations.categories().get(id);
            if (category == null) {
                throw new UsageException("INPUT: " + input + " has no annotation with a category_id for image " + id + ", " + name
                        + "; the files for testing have no labels and need no list");
            }
            lines.add(name + " " + category);
        });
        return lines;
    }

    /** A name as {@code n01440764_10026.JPEG} begins with that of its class and folder. */
    private List<String> subset() {
        if (labels == null) {
            throw new UsageException("--labels must name the list of all images, as data/imagenet/meta/train.txt, from which labels are taken");
        }
        if (!Files.isRegularFile(labels)) {
            throw new UsageException("--labels: there is no file " + labels);
        }
        Map<String, Integer> classes = classes(AnnotationFile.read(labels, Path.of(""), true));
        List<String> lines = new ArrayList<>();
        for (String name : AnnotationFile.read(input, Path.of(""), false).files()) {
            String file = name.substring(name.lastIndexOf('/') + 1);
            String folder = file.split("_", 2)[0];
            if (!classes.containsKey(folder)) {
                throw new UsageException("INPUT: " + input + ": " + name + " must begin with the name of a class folder in " + labels + ", as n01440764_10026.JPEG");
            }
            lines.add(folder + "/" + file + " " + classes.get(folder));
        }
        return lines;
    }

    private Map<String, Integer> classes(Listing all) {
        int[] numbers = all.labels().orElseThrow(() -> new UsageException("--labels: " + labels + " must have a label behind each image, as \"n01440764/a.JPEG 0\""));
        Map<String, Integer> classes = new HashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            String folder = all.files().get(i).split("/", 2)[0];
            Integer before = classes.put(folder, numbers[i]);
            if (before != null && before != numbers[i]) {
                throw new UsageException("--labels: " + labels + ": images of the folder " + folder + " must have one label, not both " + before + " and " + numbers[i]);
            }
        }
        return classes;
    }

    private List<String> voc() {
        List<String> lines = new ArrayList<>();
        for (String set : List.of("trainval", "test")) {
            Path file = input.resolve("ImageSets/Main/" + set + ".txt");
            if (!Files.isRegularFile(file)) {
                throw new UsageException("INPUT: there is no " + file + "; INPUT must be a folder as VOCdevkit/VOC2007, unpacked from both archives");
            }
            AnnotationFile.read(file, input, false).files().forEach(id -> lines.add(id + ".jpg"));
        }
        return lines;
    }
}
