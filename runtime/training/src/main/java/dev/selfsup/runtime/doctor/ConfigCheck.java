package dev.selfsup.runtime.doctor;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import dev.selfsup.config.RunConfig;
import dev.selfsup.runtime.data.TargetsAhead;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A config: whether a run can be made of it, whether its images are there, its frozen network can be opened, and what memory it needs.
 *
 * @param file the config
 * @param options changes of it
 * @param components what it can name
 * @param machine bytes of memory that this machine has
 */
record ConfigCheck(Path file, List<String> options, Components components, long machine) implements Check {
    private static final String SUBJECT = "config";
    private static final int FIRST_IMAGES = 16;

    @Override
    public List<Finding> findings() {
        Config config;
        RunConfig run;
        try {
            config = Config.load(file, options);
            run = RunConfig.of(config, components);
        } catch (UsageException e) {
            return e.getMessage().lines().map(line -> Finding.fail(SUBJECT, line, "")).toList();
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok(SUBJECT, file + " is valid"));
        roots("", config.root(), findings);
        images(run, findings);
        return findings;
    }

    /** The folders of data sets beside the one that is trained on, which is opened. */
    private static void roots(String path, Node node, List<Finding> findings) {
        if (node instanceof Node.Mapping mapping) {
            mapping.entries().forEach((key, entry) -> {
                String below = path.isEmpty() ? key : path + "." + key;
                if (key.equals("data_root") && entry.value() instanceof Node.Scalar root && !path.startsWith("train_dataloader") && !isFolder(root.text())) {
                    String found = root.origin() + ": " + below + ": there is no folder " + root.text();
                    findings.add(path.startsWith("custom_hooks") ? Finding.fail(SUBJECT, found, "set it to your folder, or take the hook out")
                            : Finding.warn(SUBJECT, found, "set it to your folder if this part is used"));
                }
                roots(below, entry.value(), findings);
            });
        } else if (node instanceof Node.Sequence list) {
            for (int i = 0; i < list.elements().size(); i++) {
                roots(path + "." + i, list.elements().get(i), findings);
            }
        }
    }

    private static boolean isFolder(String name) {
        try {
            return Files.isDirectory(Path.of(name));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private void images(RunConfig run, List<Finding> findings) {
        Dataset.Images images;
        try {
            images = run.trainDataloader().dataset().open();
        } catch (UsageException e) {
            findings.add(Finding.fail("data", e.getMessage(), ""));
            return;
        }
        Optional<Sample> usable = Optional.empty();
        List<String> bad = new ArrayList<>();
        int tried = Math.min(FIRST_IMAGES, images.size());
        for (int index = 0; index < tried; index++) {
            try {
                usable = Optional.of(images.load(index, SampleRandom.of(0, 0, index)));
            } catch (BadImageException e) {
                bad.add(e.path() + ": " + e.getMessage());
            }
        }
        String found = images.size() + " images; of the first " + tried + ", " + (tried - bad.size()) + " can be used";
        if (bad.isEmpty()) {
            findings.add(Finding.ok("data", found));
        } else {
            Finding.Status status = usable.isPresent() ? Finding.Status.WARN : Finding.Status.FAIL;
            findings.add(new Finding(status, "data", found + "; " + bad.get(0), "bad files are skipped and listed in bad_files.txt of the run; look at them"));
        }
        usable.ifPresent(sample -> step(run, sample, findings));
    }

    /** The frozen network of the method, which is opened, and the memory of a step. */
    private void step(RunConfig run, Sample sample, List<Finding> findings) {
        List<String> words = new ArrayList<>();
        Optional<TargetsAhead> network = TargetsAhead.of(run.model(), words::add);
        List<FrozenNetwork.Output> outputs = List.of();
        try (TargetsAhead ahead = network.orElse(null)) {
            if (ahead != null) {
                outputs = ahead.outputs(run.model().dataPreprocessor().shapes(sample.images()));
                findings.add(Finding.ok("targets", String.join("; ", words)));
            }
        } catch (UsageException e) {
            findings.add(Finding.fail("targets", e.getMessage(), ""));
            return;
        }
        findings.add(new RunMemory(run, outputs, machine).finding(sample));
    }
}
