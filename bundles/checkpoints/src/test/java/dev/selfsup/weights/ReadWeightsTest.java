package dev.selfsup.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of other libraries, as their state_dicts have them. */
final class ReadWeightsTest {
    @TempDir
    private Path folder;

    private Map<String, String> read(String title, String... names) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            tensors.add(Tensor.of(names[i], new long[] {i}));
        }
        Path file = folder.resolve("weights.pth");
        WeightFormat.PTH.write(file, true, tensors);
        try (Checkpoint checkpoint = Checkpoints.load(file)) {
            ReadWeights weights = ReadWeights.of(checkpoint.tensors());
            assertEquals(title, weights.title());
            Map<String, String> ours = new LinkedHashMap<>();
            weights.tensors().forEach(t -> ours.put(names[(int) t.toLongs()[0]], t.name()));
            return ours;
        }
    }

    private void reads(String title, String... pairs) {
        String[] names = new String[pairs.length / 2];
        Map<String, String> expected = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            names[i] = pairs[2 * i];
            expected.put(names[i], pairs[2 * i + 1]);
        }
        assertEquals(expected, read(title, names));
    }

    @Test
    void residualNetworksOfTorchvision() {
        reads("torchvision ResNet", "conv1.weight", "backbone.conv1.weight", "layer1.0.conv1.weight", "backbone.layer1.0.conv1.weight",
                "layer2.0.downsample.1.running_var", "backbone.layer2.0.downsample.1.running_var", "fc.weight", "head.fc.weight");
    }

    @Test
    void momentumContrast() {
        reads("MoCo ResNet", "module.encoder_q.conv1.weight", "backbone.conv1.weight", "module.encoder_q.layer1.0.conv1.weight", "backbone.layer1.0.conv1.weight",
                "module.encoder_q.fc.2.bias", "neck.mlp.2.bias", "module.encoder_k.bn1.weight", "encoder_k.module.0.bn1.weight",
                "module.encoder_k.fc.0.weight", "encoder_k.module.1.mlp.0.weight", "module.queue", "queue", "module.queue_ptr", "queue_ptr");
        reads("MoCo v3 ViT", "module.base_encoder.patch_embed.proj.weight", "backbone.patch_embed.projection.weight",
                "module.base_encoder.blocks.0.norm1.weight", "backbone.layers.0.ln1.weight", "module.predictor.0.weight", "predictor.0.weight");
    }

    @Test
    void visionTransformersOfTimmAndOfMaskedAutoencoders() {
        String[] encoder = {"cls_token", "backbone.cls_token", "pos_embed", "backbone.pos_embed", "patch_embed.proj.bias", "backbone.patch_embed.projection.bias",
            "patch_embed.proj.weight", "backbone.patch_embed.projection.weight", "blocks.0.norm1.weight", "backbone.layers.0.ln1.weight",
            "blocks.11.norm2.bias", "backbone.layers.11.ln2.bias", "blocks.11.attn.qkv.weight", "backbone.layers.11.attn.qkv.weight",
            "blocks.3.attn.proj.weight", "backbone.layers.3.attn.proj.weight", "blocks.3.mlp.fc1.weight", "backbone.layers.3.ffn.layers.0.0.weight",
            "blocks.3.mlp.fc2.bias", "backbone.layers.3.ffn.layers.1.bias", "norm.weight", "backbone.ln1.weight", "fc_norm.weight", "backbone.ln2.weight"};
        reads("timm ViT", with(encoder, "head.weight", "head.layers.head.weight", "blocks.3.ls1.gamma", "backbone.layers.3.gamma_1", "blocks.3.gamma_2", "backbone.layers.3.gamma_2"));
        reads("MAE", with(encoder, "decoder_embed.weight", "neck.decoder_embed.weight", "mask_token", "neck.mask_token", "decoder_blocks.7.norm1.weight",
                "neck.decoder_blocks.7.ln1.weight", "decoder_blocks.7.mlp.fc1.bias", "neck.decoder_blocks.7.ffn.layers.0.0.bias", "decoder_norm.weight",
                "neck.ln1.weight", "decoder_pred.bias", "neck.decoder_pred.bias", "decoder_pos_embed", "neck.decoder_pos_embed"));
    }

    private static String[] with(String[] some, String... more) {
        String[] all = java.util.Arrays.copyOf(some, some.length + more.length);
        System.arraycopy(more, 0, all, some.length, more.length);
        return all;
    }

    @Test
    void visionTransformersOfTorchvision() {
        String layer = "encoder.layers.encoder_layer_0.";
        reads("torchvision ViT", "class_token", "backbone.cls_token", "conv_proj.weight", "backbone.patch_embed.projection.weight", "encoder.pos_embedding",
                "backbone.pos_embed", layer + "ln_1.weight", "backbone.layers.0.ln1.weight", layer + "self_attention.in_proj_weight",
                "backbone.layers.0.attn.qkv.weight", layer + "self_attention.in_proj_bias", "backbone.layers.0.attn.qkv.bias",
                layer + "self_attention.out_proj.bias", "backbone.layers.0.attn.proj.bias", layer + "mlp.0.weight", "backbone.layers.0.ffn.layers.0.0.weight",
                layer + "mlp.3.weight", "backbone.layers.0.ffn.layers.1.weight", "encoder.ln.bias", "backbone.ln1.bias", "heads.head.weight", "head.layers.head.weight");
    }

    @Test
    void swinTransformersByWhereTheyMergePatches() {
        String[] blocks = {"patch_embed.proj.weight", "backbone.patch_embed.projection.weight", "layers.0.blocks.0.attn.qkv.weight",
            "backbone.stages.0.blocks.0.attn.w_msa.qkv.weight", "layers.0.blocks.1.attn.relative_position_bias_table",
            "backbone.stages.0.blocks.1.attn.w_msa.relative_position_bias_table", "layers.3.blocks.0.mlp.fc2.weight",
            "backbone.stages.3.blocks.0.ffn.layers.1.weight", "norm.bias", "backbone.norm3.bias"};
        assertEquals("backbone.stages.0.downsample.norm.weight",
                readFloats("Swin", blocks, "layers.0.downsample.reduction.weight", "layers.0.downsample.norm.weight").get("layers.0.downsample.norm.weight"));
        assertEquals("backbone.stages.0.downsample.norm.weight",
                readFloats("timm Swin", blocks, "layers.1.downsample.reduction.weight", "layers.1.downsample.norm.weight").get("layers.1.downsample.norm.weight"));
    }

    /** Names by pairs that are checked, then further ones; patches that merge have real weights of 8 elements. */
    private Map<String, String> readFloats(String title, String[] pairs, String... more) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            tensors.add(Tensor.of(pairs[i], new long[] {i}));
        }
        for (String name : more) {
            tensors.add(Tensor.of(name, FloatBuffer.wrap(new float[] {0, 1, 2, 3, 4, 5, 6, 7}), 8));
        }
        Path file = folder.resolve("swin.safetensors");
        WeightFormat.SAFETENSORS.write(file, true, tensors);
        try (Checkpoint checkpoint = Checkpoints.load(file)) {
            ReadWeights weights = ReadWeights.of(checkpoint.tensors());
            assertEquals(title, weights.title());
            for (int i = 0; i < pairs.length; i += 2) {
                assertArrayEquals(new long[] {i}, weights.tensor(pairs[i + 1]).orElseThrow().toLongs(), pairs[i]);
            }
            float[] merged = weights.tensor("backbone.stages.0.downsample.norm.weight").orElseThrow().toFloats();
            assertArrayEquals(new float[] {0, 4, 2, 6, 1, 5, 3, 7}, merged);
            return Map.of(more[1], "backbone.stages.0.downsample.norm.weight");
        }
    }

    @Test
    void namesOfOthersAndBack() {
        Map<String, List<String>> backbones = Map.of(
                "ViT", List.of("cls_token", "pos_embed", "patch_embed.projection.weight", "layers.0.ln1.weight", "layers.0.attn.qkv.bias", "layers.0.attn.proj.weight",
                        "layers.0.ln2.bias", "layers.0.ffn.layers.0.0.weight", "layers.0.ffn.layers.1.bias", "ln1.weight"),
                "Swin", List.of("patch_embed.projection.weight", "patch_embed.norm.weight", "stages.0.blocks.0.norm1.weight", "stages.0.blocks.0.attn.w_msa.qkv.weight",
                        "stages.0.blocks.0.ffn.layers.1.weight", "stages.0.downsample.reduction.weight", "stages.0.downsample.norm.bias", "stages.1.blocks.0.norm2.bias", "norm3.weight"),
                "ResNet", List.of("conv1.weight", "bn1.running_mean", "layer1.0.conv1.weight", "layer1.0.bn3.bias", "layer4.0.downsample.0.weight", "layer4.0.downsample.1.bias"),
                "deep", List.of("stem.0.conv.weight", "stem.1.bn.bias", "stem.2.bn.running_var", "layer1.0.conv1.weight"));
        backbones.forEach((kind, names) -> {
            for (String library : List.of("openmmlab", "timm", "torchvision", "detectron2")) {
                boolean has = !library.equals("detectron2") && !(kind.equals("deep") && library.equals("torchvision")) || kind.equals("ResNet");
                backAndForth(library, names, has);
            }
        });
    }

    private void backAndForth(String library, List<String> names, boolean has) {
        List<Tensor> ours = names.stream().map(name -> Tensor.of("backbone." + name, FloatBuffer.wrap(new float[] {1, 2, 3, 4, 5, 6, 7, 8}), 8)).toList();
        BackboneWeights backbone = BackboneWeights.of("test", ours);
        if (!has) {
            assertTrue(assertThrows(UsageException.class, () -> backbone.named(library)).getMessage().startsWith(library + " has no names for this backbone"));
            return;
        }
        Path file = folder.resolve(library + ".safetensors");
        WeightFormat.SAFETENSORS.write(file, true, backbone.named(library));
        try (Checkpoint checkpoint = Checkpoints.load(file)) {
            ReadWeights read = ReadWeights.of(checkpoint.tensors());
            assertEquals(Set.copyOf(ours.stream().map(Tensor::name).toList()), Set.copyOf(read.names()), library);
            read.tensors().forEach(t -> assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, t.toFloats(), t.name()));
        }
    }

    @Test
    void positionsAreInterpolatedForImagesOfAnotherSize() {
        float[] ramp = new float[2 * (1 + 16)];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = i < 2 ? 9 : (i - 2) / 2 % 4;                                                  // the column, on a grid of 4x4
        }
        Tensor wide = Positions.resized(Tensor.of("backbone.pos_embed", FloatBuffer.wrap(ramp), 1, 17, 2), 1, 65, 2).orElseThrow();
        assertArrayEquals(new long[] {1, 65, 2}, wide.shape());
        float[] values = wide.toFloats();
        assertEquals(9, values[0]);
        assertEquals(1.296875f, values[2 + 2 * (8 * 3 + 3)], 1e-6);                                 // column 3 of 8 lies at 1.25 of 4; by hand, a = -0.75
        assertTrue(Positions.resized(Tensor.of("backbone.pos_embed", FloatBuffer.wrap(ramp), 1, 17, 2), 1, 12, 2).isEmpty());
    }

    @Test
    void aFileIsReplacedOnlyIfThatIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("there.pth"), "mine");
        List<Tensor> weights = List.of(Tensor.of("w", new long[] {1}));
        String told = assertThrows(UsageException.class, () -> WeightFormat.PTH.write(file, false, weights)).getMessage();
        assertEquals(file + " exists already: choose another name, or say --force to replace it", told);
        assertEquals("mine", Files.readString(file));
        WeightFormat.PTH.write(file, true, weights);
        try (Checkpoint checkpoint = Checkpoints.load(file)) {
            assertEquals(Set.of("w"), checkpoint.tensors().names());
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(file), files.toList());
        }
    }
}
