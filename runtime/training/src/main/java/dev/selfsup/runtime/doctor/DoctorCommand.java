package dev.selfsup.runtime.doctor;

import dev.selfsup.api.component.Components;
import dev.selfsup.runtime.plugins.Plugins;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code doctor [CONFIG]}: whether this machine can train, and what to do where it cannot. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=doctor")
@CommandLine.Command(name = "doctor", description = {
    "Checks this machine: Java, memory, disk, native libraries, GPU, fonts, plug-ins, and last whether its numbers are those of the reference.",
    "A line each with ok, warn or fail, what was found and what to do; the status is 1 if something fails. With a config, that is checked too: its keys,"
        + " its first images, the frozen network of its targets, the memory of a step."})
public final class DoctorCommand implements Command {
    @CommandLine.Parameters(arity = "0..1", paramLabel = "CONFIG", description = "YAML file to check as well")
    private Path config;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Components components;
    private final Plugins plugins;

    /** Made by the container. */
    @Activate
    public DoctorCommand(@Reference Components components, @Reference Plugins plugins) {
        this.components = components;
        this.plugins = plugins;
    }

    @Override
    public int run(Call call) throws IOException {
        Report report = new Report(call.out(), call.columns());
        machine().forEach(report::add);
        if (report.add("processor", ProcessorCheck.ofThisMachine())) {
            computing().forEach(report::add);
        } else {
            report.add("natives", () -> List.of(Finding.fail("natives", "not loaded, as the processor would end the process", "see 'processor'")));
        }
        return report.failed() ? 1 : 0;
    }

    /** What can be looked at without native code. */
    private Map<String, Check> machine() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("java", JavaCheck.ofThisProcess());
        checks.put("work_dirs", new FolderCheck("work_dirs", Path.of("work_dirs").toAbsolutePath(), Size.GIB / 4, 5 * Size.GIB,
                Finding.Status.WARN, "train with --work-dir elsewhere", Disk.THIS));
        checks.put("deploy", new FolderCheck("deploy", deploy(), 0, 0, Finding.Status.WARN, "set SELFSUP_DEPLOY to another folder for plug-ins", Disk.THIS));
        Path cache = Path.of(System.getProperty("selfsup.cache", System.getProperty("java.io.tmpdir")));
        checks.put("cache", new FolderCheck("cache", cache, Size.GIB / 16, Size.GIB / 2, Finding.Status.FAIL, "set TMPDIR to another folder", Disk.THIS));
        checks.put("unpacked", new FolderCheck("natives", unpacked(), Size.GIB / 16, Size.GIB / 2, Finding.Status.FAIL,
                "set SELFSUP_JAVA_OPTS=-Dorg.bytedeco.javacpp.cachedir=FOLDER to unpack native libraries elsewhere", Disk.THIS));
        checks.put("fonts", FontCheck.ofThisProcess());
        checks.put("plug-ins", new PluginCheck(plugins.list(), deploy()));
        checks.put("backend", BackendCheck.ofThisProcess());
        checks.put("gpu", new GpuCheck(NvidiaSmi.ofThisMachine()));
        return checks;
    }

    /** What loads native code. */
    private Map<String, Check> computing() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("natives", new NativesCheck(Natives::ofThisProcess));
        checks.put("onnx", OnnxCheck.ofThisProcess());
        checks.put("memory", () -> MemoryCheck.ofThisProcess().findings());
        if (config != null) {
            checks.put("config", () -> new ConfigCheck(config, options, components, MemoryCheck.ofThisProcess().machine()).findings());
        }
        checks.put("parity", new ParityCheck(Path.of(System.getProperty("selfsup.home", "."), "parity"), components));
        return checks;
    }

    private static Path deploy() {
        return Path.of(System.getProperty("selfsup.deploy", "deploy"));
    }

    /** Where JavaCPP unpacks native libraries. */
    private static Path unpacked() {
        return Path.of(System.getProperty("org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp/cache"));
    }
}
