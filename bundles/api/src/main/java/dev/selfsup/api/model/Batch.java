package dev.selfsup.api.model;

import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The inputs of a loss call, in a graph.
 *
 * @param views inputs after the data preprocessor, each [N, C, H, W]
 * @param fields further inputs by name, as masks and pseudo labels, each [N, ...]
 */
public record Batch(List<SDVariable> views, Map<String, SDVariable> fields) {
    public Batch {
        views = List.copyOf(views);
        fields = Map.copyOf(fields);
    }

    /** View i, [N, C, H, W]; throws {@link IllegalArgumentException} where the pipeline gives fewer. */
    public SDVariable view(int i) {
        if (i >= views.size()) {
            throw new IllegalArgumentException("the method needs " + (i + 1) + " views of an image, the pipeline gives " + views.size()
                    + ": set num_views of MultiView in train_dataloader.dataset.pipeline");
        }
        return views.get(i);
    }

    /** A further input; throws {@link IllegalArgumentException} where the pipeline gives none of that name. */
    public SDVariable field(String name) {
        SDVariable field = fields.get(name);
        if (field == null) {
            throw new IllegalArgumentException("the batch has no field '" + name + "', only " + fields.keySet()
                    + ": name it in algorithm_keys or pseudo_label_keys of PackSelfSupInputs, the last step of train_dataloader.dataset.pipeline");
        }
        return field;
    }
}
