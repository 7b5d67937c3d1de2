package dev.selfsup.weights;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names that a library gives the weights of a backbone. Names of ours have neither prefix nor head; those of heads and decoders begin with {@code head.} and {@code neck.}. */
public enum KeyStyle {
    /** Residual networks of OpenMMLab with a deep stem. */
    OPENMMLAB_RESNET("OpenMMLab ResNet", NameTable.same(), "layer1.0.conv1.weight", "stem.0.conv.weight"),
    /** Vision transformers of OpenMMLab. */
    OPENMMLAB_VIT("OpenMMLab ViT", NameTable.same(), "layers.0.ln1.weight", "patch_embed.projection.weight"),
    /** Swin transformers of OpenMMLab. */
    OPENMMLAB_SWIN("OpenMMLab Swin", NameTable.same(), "stages.0.blocks.0.norm1.weight", "patch_embed.projection.weight"),
    /** Residual networks of torchvision, timm and MoCo; those of OpenMMLab are alike. */
    RESNET("torchvision ResNet", NameTable.of("fc.*", "head.fc.*", "*", "*"), "layer1.0.conv1.weight", "conv1.weight"),
    /** Residual networks of timm with a deep stem. */
    TIMM_RESNET_D("timm ResNet-D", NameTable.of("conv1.0.*", "stem.0.conv.*", "conv1.1.*", "stem.0.bn.*", "conv1.3.*", "stem.1.conv.*", "conv1.4.*", "stem.1.bn.*",
            "conv1.6.*", "stem.2.conv.*", "bn1.*", "stem.2.bn.*", "fc.*", "head.fc.*", "layer#.*", "layer#.*"), "layer1.0.conv1.weight", "conv1.0.weight"),
    /** Vision transformers of timm, and of DeiT, MAE, MoCo v3, DINO and BEiT, which take timm's. */
    TIMM_VIT("timm ViT", NameTable.of("cls_token", "cls_token", "pos_embed", "pos_embed", "patch_embed.proj.*", "patch_embed.projection.*",
            "blocks.#.norm1.*", "layers.#.ln1.*", "blocks.#.norm2.*", "layers.#.ln2.*", "blocks.#.mlp.fc1.*", "layers.#.ffn.layers.0.0.*",
            "blocks.#.mlp.fc2.*", "layers.#.ffn.layers.1.*", "blocks.#.gamma_#", "layers.#.gamma_#", "blocks.#.ls#.gamma", "layers.#.gamma_#",
            "blocks.#.*", "layers.#.*", "norm.*", "ln1.*", "fc_norm.*", "ln2.*",
            "rel_pos_bias.*", "rel_pos_bias.*", "head.*", "head.layers.head.*").and(decoder()), "blocks.0.norm1.weight", "patch_embed.proj.weight"),
    /** Vision transformers of torchvision. */
    TORCHVISION_VIT("torchvision ViT", NameTable.of("class_token", "cls_token", "encoder.pos_embedding", "pos_embed", "conv_proj.*", "patch_embed.projection.*",
            "encoder.layers.encoder_layer_#.ln_1.*", "layers.#.ln1.*", "encoder.layers.encoder_layer_#.ln_2.*", "layers.#.ln2.*",
            "encoder.layers.encoder_layer_#.self_attention.in_proj_weight", "layers.#.attn.qkv.weight",
            "encoder.layers.encoder_layer_#.self_attention.in_proj_bias", "layers.#.attn.qkv.bias",
            "encoder.layers.encoder_layer_#.self_attention.out_proj.*", "layers.#.attn.proj.*",
            "encoder.layers.encoder_layer_#.mlp.0.*", "layers.#.ffn.layers.0.0.*", "encoder.layers.encoder_layer_#.mlp.3.*", "layers.#.ffn.layers.1.*",
            "encoder.layers.encoder_layer_#.mlp.linear_1.*", "layers.#.ffn.layers.0.0.*", "encoder.layers.encoder_layer_#.mlp.linear_2.*", "layers.#.ffn.layers.1.*",
            "encoder.ln.*", "ln1.*", "heads.head.*", "head.layers.head.*"), "encoder.layers.encoder_layer_0.ln_1.weight"),
    /** Swin transformers of Microsoft, and of timm before 0.9: a stage ends with the merging of patches. */
    SWIN("Swin", swin("layers.#.downsample.*", "stages.#.downsample.*"), "layers.0.blocks.0.attn.qkv.weight", "patch_embed.proj.weight"),
    /** Swin transformers of timm since 0.9: a stage begins with the merging of patches. */
    TIMM_SWIN("timm Swin", swin("layers.1.downsample.*", "stages.0.downsample.*", "layers.2.downsample.*", "stages.1.downsample.*",
            "layers.3.downsample.*", "stages.2.downsample.*"), "layers.0.blocks.0.attn.qkv.weight", "patch_embed.proj.weight"),
    /** Swin transformers of torchvision. */
    TORCHVISION_SWIN("torchvision Swin", torchvisionSwin(), "features.1.0.attn.qkv.weight"),
    /** Residual networks of Detectron2. */
    DETECTRON2_RESNET("Detectron2 ResNet", detectron2(), "res2.0.conv1.weight", "stem.conv1.weight");

    private final String title;
    private final NameTable table;
    private final Set<String> marks;

    KeyStyle(String title, NameTable table, String... marks) {
        this.title = title;
        this.table = table;
        this.marks = Set.of(marks);
    }

    /** The decoder of MAE, which lies beside the encoder. */
    private static NameTable decoder() {
        return NameTable.of("mask_token", "neck.mask_token", "decoder_pos_embed", "neck.decoder_pos_embed", "decoder_embed.*", "neck.decoder_embed.*",
                "decoder_blocks.#.norm1.*", "neck.decoder_blocks.#.ln1.*", "decoder_blocks.#.norm2.*", "neck.decoder_blocks.#.ln2.*",
                "decoder_blocks.#.mlp.fc1.*", "neck.decoder_blocks.#.ffn.layers.0.0.*", "decoder_blocks.#.mlp.fc2.*", "neck.decoder_blocks.#.ffn.layers.1.*",
                "decoder_blocks.#.*", "neck.decoder_blocks.#.*", "decoder_norm.*", "neck.ln1.*", "decoder_pred.*", "neck.decoder_pred.*");
    }

    private static NameTable swin(String... merging) {
        return NameTable.of("patch_embed.proj.*", "patch_embed.projection.*", "patch_embed.norm.*", "patch_embed.norm.*", "absolute_pos_embed", "absolute_pos_embed",
                "layers.#.blocks.#.attn.*", "stages.#.blocks.#.attn.w_msa.*", "layers.#.blocks.#.mlp.fc1.*", "stages.#.blocks.#.ffn.layers.0.0.*",
                "layers.#.blocks.#.mlp.fc2.*", "stages.#.blocks.#.ffn.layers.1.*", "layers.#.blocks.#.*", "stages.#.blocks.#.*", "norm.*", "norm3.*",
                "head.fc.*", "head.fc.*", "head.*", "head.fc.*", "mask_token", "mask_token").and(NameTable.of(merging));
    }

    private static NameTable torchvisionSwin() {
        NameTable table = NameTable.of("features.0.0.*", "patch_embed.projection.*", "features.0.2.*", "patch_embed.norm.*", "norm.*", "norm3.*", "head.*", "head.fc.*");
        for (int stage = 0; stage < 4; stage++) {
            String theirs = "features." + (2 * stage + 1) + ".#.";
            String ours = "stages." + stage + ".blocks.#.";
            table = table.and(NameTable.of(theirs + "attn.*", ours + "attn.w_msa.*", theirs + "mlp.0.*", ours + "ffn.layers.0.0.*", theirs + "mlp.3.*",
                    ours + "ffn.layers.1.*", theirs + "*", ours + "*", "features." + (2 * stage + 2) + ".*", "stages." + stage + ".downsample.*"));
        }
        return table;
    }

    private static NameTable detectron2() {
        NameTable table = NameTable.of("stem.conv1.norm.*", "bn1.*", "stem.conv1.*", "conv1.*");
        for (int stage = 1; stage <= 4; stage++) {
            String theirs = "res" + (stage + 1) + ".#.";
            String ours = "layer" + stage + ".#.";
            table = table.and(NameTable.of(theirs + "shortcut.norm.*", ours + "downsample.1.*", theirs + "shortcut.*", ours + "downsample.0.*"));
            for (int i = 1; i <= 3; i++) {
                table = table.and(NameTable.of(theirs + "conv" + i + ".norm.*", ours + "bn" + i + ".*", theirs + "conv" + i + ".*", ours + "conv" + i + ".*"));
            }
        }
        return table;
    }

    /** What messages call it. */
    public String title() {
        return title;
    }

    /** Whether names are those of OpenMMLab. */
    boolean ours() {
        return title.startsWith("OpenMMLab");
    }

    /** Whether patches are merged with their elements in another order than OpenMMLab's. */
    boolean mergesOtherwise() {
        return this == SWIN || this == TIMM_SWIN || this == TORCHVISION_SWIN;
    }

    /** Our name for one of theirs; empty where there is no counterpart. */
    Optional<String> ours(String theirs) {
        return table.ours(theirs);
    }

    /** Their name for one of ours; empty where there is no counterpart. */
    public Optional<String> theirs(String ours) {
        return table.theirs(ours);
    }

    /** The style of a backbone's names; empty where it is none of these. */
    static Optional<KeyStyle> of(Set<String> names) {
        Optional<KeyStyle> found = Stream.of(values()).filter(style -> names.containsAll(style.marks)).findFirst();
        boolean mergesFirst = names.contains("layers.1.downsample.reduction.weight") && !names.contains("layers.0.downsample.reduction.weight");
        return found.map(style -> style == SWIN && mergesFirst ? TIMM_SWIN : style);
    }

    /**
     * How a library names the weights of a backbone.
     *
     * @param library {@code openmmlab}, {@code timm}, {@code torchvision} or {@code detectron2}
     * @param names names of ours
     * @return empty where the library has no such backbone
     */
    public static Optional<KeyStyle> of(String library, Set<String> names) {
        Optional<KeyStyle> own = of(names);
        if (library.equals("openmmlab")) {
            return own;
        }
        if (library.equals("detectron2")) {
            return own.filter(style -> style == RESNET).map(style -> DETECTRON2_RESNET);
        }
        boolean timm = library.equals("timm");
        return own.map(style -> switch (style) {
            case RESNET -> RESNET;
            case OPENMMLAB_RESNET -> timm ? TIMM_RESNET_D : null;
            case OPENMMLAB_VIT -> timm ? TIMM_VIT : TORCHVISION_VIT;
            case OPENMMLAB_SWIN -> timm ? TIMM_SWIN : TORCHVISION_SWIN;
            default -> null;
        });
    }
}
