package dev.selfsup.runtime.analysis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.metric.svm.LabelledFeatures;
import dev.selfsup.runtime.model.LayerFeatures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Images with any number of classes each, for an SVM.
 *
 * @param images the images
 */
record SvmImages(Dataset.Images images) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LIST = "extract_dataloader.extract_dataset";

    /**
     * The images of a part of a file: of the dataset of {@code PART_dataloader}; or, where it names a list of photographs of VOC as the reference does, those of that set of VOC.
     *
     * @param part {@code train} or {@code test}
     * @param set name of the set in {@code ImageSets/Main}
     */
    static SvmImages of(Config file, String part, String set, Components components) {
        String key = part + "_dataloader.dataset";
        if (file.find(key).isPresent()) {
            return of(file, key, components);
        }
        if (file.find(LIST).isEmpty()) {
            throw new UsageException("the file of --dataset-config needs train_dataloader.dataset and test_dataloader.dataset, or extract_dataloader.extract_dataset of VOC as"
                    + " configs/benchmarks/classification/svm_voc07.yaml");
        }
        return new SvmImages(Config.parse("VOC " + set, voc(file, set)).bind("dataset", Dataset.class, components).open());
    }

    /** The images of the dataset at a key. */
    static SvmImages of(Config file, String key, Components components) {
        return new SvmImages(file.bind(key, Dataset.class, components).open());
    }

    /** A dataset of VOC with the root and the transforms of a list of images; what packs labels away is left out. */
    private static String voc(Config file, String set) {
        try {
            JsonNode list = JSON.readTree(file.toJson()).path("extract_dataloader").path("extract_dataset");
            ArrayNode transforms = JSON.createArrayNode();
            list.path("pipeline").forEach(transform -> {
                if (!transform.path("type").asText().contains("Pack")) {
                    transforms.add(transform);
                }
            });
            return "dataset: {type: mmcls.VOC, data_root: " + list.path("data_root") + ", image_set_path: ImageSets/Main/" + set + ".txt, pipeline: " + transforms + "}";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is gathered of images: features by layer, and which classes are there. */
    record Gathering(Map<String, List<float[]>> features, List<Labels> labels) {
        Gathering() {
            this(new LinkedHashMap<>(), new ArrayList<>());
        }

        void add(LayerFeatures.Rows rows) {
            rows.features().forEach((layer, values) -> features.computeIfAbsent(layer, name -> new ArrayList<>()).addAll(List.of(values)));
            for (int i = 0; i < rows.labels().length; i++) {
                labels.add(new Labels(rows.labels()[i], several(rows.fields().get(i)), rows.paths().get(i)));
            }
        }

        LabelledFeatures layer(String layer, int classes) {
            return new LabelledFeatures(features.get(layer), labels.stream().map(label -> label.target(classes)).toList());
        }

        private int largest() {
            return labels.stream().mapToInt(Labels::one).max().orElse(-1);
        }

        Set<String> layers() {
            return features.keySet();
        }
    }

    /**
     * The classes of an image.
     *
     * @param one its only class, -1 for none
     * @param several 1, 0 or -1 by class; empty where it has one
     * @param path its file
     */
    record Labels(int one, Optional<int[]> several, Path path) {
        Labels {
            if (several.isEmpty() && one < 0) {
                throw new UsageException(path + " has no label: an SVM needs images with classes, as of mmcls.VOC or a folder for each class, whose pipeline ends with"
                        + " mmcls.PackClsInputs");
            }
        }

        private int[] target(int classes) {
            if (several.isEmpty() && one >= classes) {
                throw new UsageException(path + " has the label " + one + ", but there are " + classes + " classes of training images: both datasets must have the same");
            }
            return several.orElseGet(() -> {
                int[] target = new int[classes];
                target[one] = 1;
                return target;
            });
        }
    }

    /** Names of the classes; their numbers where the training images have none. */
    static List<String> names(List<String> known, Gathering learned, Gathering tested) {
        int largest = Math.max(learned.largest(), tested.largest());
        if (known.isEmpty() && largest >= learned.labels.size()) {
            throw new UsageException("the largest label is " + largest + ", but there are only " + learned.labels.size()
                    + " training images: labels must be 0, 1, 2, ..., with training images of each");
        }
        return known.isEmpty() ? IntStream.rangeClosed(0, largest).mapToObj(Integer::toString).toList() : known;
    }

    /** 1 for classes that are there, -1 for those that are there only as objects that are hard to recognise, else 0. */
    private static Optional<int[]> several(Map<String, Sample.Field> fields) {
        Sample.Field scores = fields.get("gt_score");
        if (scores == null) {
            return Optional.empty();
        }
        Sample.Field difficult = fields.get("gt_label_difficult");
        int[] target = new int[scores.values().length];
        for (int i = 0; i < target.length; i++) {
            target[i] = scores.values()[i] > 0 ? 1 : difficult != null && difficult.values()[i] > 0 ? -1 : 0;
        }
        return Optional.of(target);
    }
}
