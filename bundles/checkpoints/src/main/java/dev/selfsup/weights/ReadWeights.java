package dev.selfsup.weights;

import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.checkpoint.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file of weights under our names, whichever library's it has: {@code backbone.layer1.0.conv1.weight}. The library is told by the names alone; where it is none that is known, names stay
 * what they are.
 *
 * <pre>{@code
 * ReadWeights weights = ReadWeights.of(file);
 * weights.title();                                                    // timm ViT
 * weights.fitted("backbone.ln1.weight", 768);                         // norm.weight of the file
 * }</pre>
 */
public final class ReadWeights implements TensorFile {
    private static final String BACKBONE = "backbone.";
    /** What wraps a model whose names all begin with it. */
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.", "model.");
    /** What a backbone's names may begin with: in OpenMMLab and DINO, MoCo v1 and v2, OpenSelfSup, MoCo v3, SimMIM. */
    private static final List<String> PREFIXES = List.of(BACKBONE, "", "encoder_q.0.", "encoder_q.", "base_encoder.", "encoder.");
    /** Queue and projector of MoCo, whose encoders end in it. */
    private static final NameTable MOCO = NameTable.of("queue", "queue", "queue_ptr", "queue_ptr", "encoder_q.fc.#.*", "neck.mlp.#.*", "encoder_q.fc.*", "neck.fc.*",
            "encoder_k.fc.#.*", "encoder_k.module.1.mlp.#.*", "encoder_k.fc.*", "encoder_k.module.1.fc.*", "encoder_k.*", "encoder_k.module.0.*");

    private final TensorFile file;
    private final String title;
    private final boolean merging;
    private final Map<String, String> theirs;

    private ReadWeights(TensorFile file, String title, boolean merging, Map<String, String> theirs) {
        this.file = file;
        this.title = title;
        this.merging = merging;
        this.theirs = theirs;
    }

    /** A file under our names; closing this closes it. */
    public static ReadWeights of(TensorFile file) {
        String wrapper = wrapper(file.names());
        Set<String> names = file.names().stream().map(name -> name.substring(wrapper.length())).collect(Collectors.toCollection(LinkedHashSet::new));
        for (String prefix : PREFIXES) {
            Optional<KeyStyle> style = KeyStyle.of(below(names, prefix));
            if (style.isPresent()) {
                return renamed(file, wrapper, names, prefix, style.get());
            }
        }
        return same(wrapper, names, file);
    }

    /** A file whose names are ours already, whatever they look like; closing this closes it. */
    public static ReadWeights same(TensorFile file) {
        return same("", file.names(), file);
    }

    private static ReadWeights same(String wrapper, Set<String> names, TensorFile file) {
        Map<String, String> same = new LinkedHashMap<>();
        names.forEach(name -> same.put(name, wrapper + name));
        return new ReadWeights(file, "", false, same);
    }

    /** The part of a file whose names, as they are there, begin with a prefix, under our names; closing this closes the file. */
    public static ReadWeights below(String prefix, TensorFile file) {
        return of(new TensorFile() {
            @Override
            public Path path() {
                return file.path();
            }

            @Override
            public Set<String> names() {
                return ReadWeights.below(file.names(), prefix);
            }

            @Override
            public Optional<Tensor> tensor(String name) {
                return file.tensor(prefix + name);
            }

            @Override
            public void close() {
                file.close();
            }
        });
    }

    private static String wrapper(Set<String> names) {
        StringBuilder wrapper = new StringBuilder();
        boolean more = !names.isEmpty();
        while (more) {
            more = false;
            for (String next : WRAPPERS) {
                String all = wrapper + next;
                if (names.stream().allMatch(name -> name.startsWith(all))) {
                    wrapper.append(next);
                    more = true;
                }
            }
        }
        return wrapper.toString();
    }

    private static Set<String> below(Set<String> names, String prefix) {
        return names.stream().filter(name -> name.startsWith(prefix)).map(name -> name.substring(prefix.length()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static ReadWeights renamed(TensorFile file, String wrapper, Set<String> names, String prefix, KeyStyle style) {
        Map<String, String> theirs = new LinkedHashMap<>();
        boolean moco = prefix.equals("encoder_q.");
        for (String name : names) {
            Optional<String> own = moco ? MOCO.ours(name) : Optional.empty();
            Optional<String> within = name.startsWith(prefix) ? style.ours(name.substring(prefix.length())) : Optional.empty();
            String ours = own.orElseGet(() -> within.map(n -> prefix.equals(BACKBONE) && style.ours() ? BACKBONE + n : placed(n)).orElse(name));
            theirs.putIfAbsent(ours, wrapper + name);
        }
        return new ReadWeights(file, title(names, prefix, style), style.mergesOtherwise(), theirs);
    }

    private static String placed(String ours) {
        return ours.startsWith("neck.") || ours.startsWith("head.") ? ours : BACKBONE + ours;
    }

    private static String title(Set<String> names, String prefix, KeyStyle style) {
        return switch (prefix) {
            case "encoder_q." -> "MoCo " + style.title().replace("torchvision ", "");
            case "base_encoder." -> "MoCo v3 " + style.title().replaceAll("torchvision |timm ", "");
            case "encoder." -> "SimMIM " + style.title();
            case BACKBONE -> style == KeyStyle.RESNET ? "OpenMMLab ResNet" : style.title();
            default -> style == KeyStyle.TIMM_VIT && names.contains("decoder_embed.weight") ? "MAE" : style.title();
        };
    }

    /** Whose names the file has, {@code timm ViT}; empty where they are none that is known. */
    public String title() {
        return title;
    }

    /** {@code  read as timm ViT}, the end of what messages call the file; empty where the names are none that is known. */
    public String readAs() {
        return title.isEmpty() ? "" : " read as " + title;
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(theirs.keySet());
    }

    /** Whether there is a tensor of a name: one of the file's, or a layer's table of biases where the file has one for all layers. */
    public boolean has(String name) {
        return theirs.containsKey(name) || theirs.containsKey(BiasTables.shared(name));
    }

    @Override
    public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(theirs.getOrDefault(name, theirs.get(BiasTables.shared(name)))).flatMap(file::tensor).map(tensor -> tensor.withName(name))
                .map(tensor -> merging && PatchMerging.concerns(name) ? PatchMerging.ours(tensor) : tensor);
    }

    /**
     * A tensor for a weight of some shape: as it is, position embeddings and tables of biases interpolated, or an index table in rows. It has another shape still where that is not possible;
     * an index table of another window is left out, as it can only be made anew.
     */
    public Optional<Tensor> fitted(String name, long... shape) {
        return tensor(name).map(tensor -> Arrays.equals(tensor.shape(), shape) ? tensor
                : IndexTables.shaped(tensor, shape).or(() -> Positions.resized(tensor, shape)).or(() -> BiasTables.resized(tensor, shape)).orElse(tensor))
                .filter(tensor -> !IndexTables.concerns(tensor) || Arrays.equals(tensor.shape(), shape));
    }

    /**
     * Names that the modules of a model leave over though they lie below the same modules as its own, as the upper layers of a larger backbone. What no weight means is not among them:
     * counters, index tables, the state of optimizers and hooks, and the token that stands for masked patches.
     *
     * @param used names that the model has
     */
    public Set<String> left(Set<String> used) {
        Set<String> modules = used.stream().map(ReadWeights::module).collect(Collectors.toSet());
        Set<String> left = new LinkedHashSet<>(theirs.keySet());
        left.removeAll(used);
        left.removeAll(used.stream().map(BiasTables::shared).collect(Collectors.toSet()));
        left.removeIf(name -> !modules.contains(module(name)) || name.matches("(hook|optimizer)/.*|.*(num_batches_tracked|relative_position_index|attn_mask|mask_token)"));
        return left;
    }

    private static String module(String name) {
        return name.substring(0, Math.max(0, name.indexOf('.')));
    }

    @Override
    public void close() {
        file.close();
    }
}
