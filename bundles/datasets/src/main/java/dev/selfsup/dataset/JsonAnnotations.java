package dev.selfsup.dataset;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The images of an annotation file in JSON as COCO and iNaturalist have it: {@code {"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1,
 * "category_id": 7}]}}. The file is read as it comes, whatever its size; other keys are skipped.
 */
public final class JsonAnnotations {
    private final Path file;
    private final Map<Long, String> images = new LinkedHashMap<>();
    private final Map<Long, Integer> categories = new HashMap<>();

    private JsonAnnotations(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @throws UsageException if it is no such file; the message says what is missing, or where it is damaged
     */
    public static JsonAnnotations read(Path file) {
        JsonAnnotations annotations = new JsonAnnotations(file);
        try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw annotations.wrong("must be a JSON object with the key \"images\"");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                annotations.member(json);
            }
        } catch (IOException e) {
            throw annotations.wrong("cannot be read as JSON: " + e.getMessage().lines().findFirst().orElse(e.toString()));
        }
        if (annotations.images.isEmpty()) {
            throw annotations.wrong("has no \"images\" with \"file_name\" and \"id\"");
        }
        return annotations;
    }

    private UsageException wrong(String what) {
        return new UsageException("ann_file: " + Location.absolute(file) + " " + what);
    }

    private void member(JsonParser json) throws IOException {
        String name = json.currentName();
        boolean wanted = Set.of("images", "annotations").contains(name);
        if (json.nextToken() != JsonToken.START_ARRAY || !wanted) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            element(json, name.equals("images"));
        }
    }

    private void element(JsonParser json, boolean image) throws IOException {
        Long id = null;
        String name = null;
        Integer category = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            if (key.equals(image ? "id" : "image_id") && value.isNumeric()) {
                id = json.getLongValue();
            } else if (image && key.equals("file_name") && value == JsonToken.VALUE_STRING) {
                name = json.getText();
            } else if (!image && key.equals("category_id") && value.isNumeric()) {
                category = json.getIntValue();
            } else {
                json.skipChildren();
            }
        }
        if (id != null && name != null) {
            images.put(id, name);
        } else if (id != null && category != null) {
            categories.put(id, category);
        }
    }

    /** Names of the image files, relative to the folder of the images, by their numbers, in the order of the file. */
    public Map<Long, String> images() {
        return java.util.Collections.unmodifiableMap(images);
    }

    /** A category of each image that has one, the last one named, by the number of the image. */
    public Map<Long, Integer> categories() {
        return java.util.Collections.unmodifiableMap(categories);
    }
}
