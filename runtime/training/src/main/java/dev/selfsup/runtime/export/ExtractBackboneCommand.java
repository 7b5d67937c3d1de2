package dev.selfsup.runtime.export;

import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.BackboneWeights;
import dev.selfsup.weights.NewFile;
import dev.selfsup.weights.ReadWeights;
import dev.selfsup.weights.WeightFormat;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code extract-backbone CKPT --out FILE}: the weights of the backbone alone, without the prefix {@code backbone.}. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=extract-backbone")
@CommandLine.Command(name = "extract-backbone", description = {
    "Writes the backbone's weights of a checkpoint, whichever library's it is, under OpenMMLab's names without 'backbone.'.",
    "Unlike export it needs no config, and tries nothing."})
public final class ExtractBackboneCommand implements Command {
    @CommandLine.Parameters(paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--out", required = true, paramLabel = "FILE", description = "the file to write, .safetensors or .pth")
    private Path out;

    @CommandLine.Option(names = "--force", description = "replace FILE if it is there")
    private boolean force;

    @Override
    public int run(Call call) {
        WeightFormat format = WeightFormat.of(out);
        NewFile.check(out, force);
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            ReadWeights read = loaded.metadata().isEmpty() ? ReadWeights.of(loaded.tensors()) : ReadWeights.same(loaded.tensors());
            List<Tensor> backbone = BackboneWeights.of(checkpoint + read.readAs(), read.tensors()).tensors();
            format.write(out, force, backbone);
            call.out().println("wrote " + out + ": " + backbone.size() + " weights of " + checkpoint + read.readAs());
        }
        return 0;
    }
}
