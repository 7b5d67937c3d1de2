package dev.selfsup.weights;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The weights of a backbone without the prefix {@code backbone.}, as libraries name them that have backbones alone. */
public final class BackboneWeights {
    private static final String PREFIX = "backbone.";

    private final List<Tensor> tensors;

    private BackboneWeights(List<Tensor> tensors) {
        this.tensors = tensors;
    }

    /**
     * Those among the weights of a model.
     *
     * @param source what messages call the model
     * @throws UsageException if there are none
     */
    public static BackboneWeights of(String source, List<Tensor> model) {
        List<Tensor> own = model.stream().filter(t -> t.name().startsWith(PREFIX)).map(t -> t.withName(t.name().substring(PREFIX.length()))).toList();
        if (own.isEmpty()) {
            throw new UsageException(source + " has no backbone: none of its names begins with " + PREFIX
                    + model.stream().findFirst().map(t -> "; its first is " + t.name()).orElse(""));
        }
        return new BackboneWeights(own);
    }

    /** The weights, named as OpenMMLab does. */
    public List<Tensor> tensors() {
        return tensors;
    }

    /**
     * The weights, named and laid out as a library has them.
     *
     * @param library {@code openmmlab}, {@code timm}, {@code torchvision} or {@code detectron2}
     * @throws UsageException if the library has no such backbone
     */
    public List<Tensor> named(String library) {
        if (library.equals("openmmlab")) {
            return tensors;
        }
        Set<String> names = tensors.stream().map(Tensor::name).collect(Collectors.toCollection(LinkedHashSet::new));
        KeyStyle style = KeyStyle.of(library, names).orElseThrow(() -> new UsageException(library + " has no names for this backbone; say --keys openmmlab"));
        Set<String> without = new TreeSet<>();
        List<Tensor> renamed = new ArrayList<>();
        for (Tensor tensor : tensors) {
            Optional<String> name = style.theirs(tensor.name());
            name.ifPresentOrElse(n -> renamed.add(laidOut(style, tensor).withName(n)), () -> without.add(tensor.name()));
        }
        if (!without.isEmpty()) {
            throw new UsageException(library + " has no names for " + without.size() + " weights of this backbone: " + String.join(", ", without.stream().limit(5).toList())
                    + "; say --keys openmmlab");
        }
        return renamed;
    }

    private static Tensor laidOut(KeyStyle style, Tensor tensor) {
        if (style.mergesOtherwise() && PatchMerging.concerns(tensor.name())) {
            return PatchMerging.theirs(tensor);
        }
        return style == KeyStyle.TORCHVISION_SWIN ? IndexTables.flat(tensor) : tensor;
    }
}
