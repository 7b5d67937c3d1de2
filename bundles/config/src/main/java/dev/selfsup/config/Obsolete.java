package dev.selfsup.config;

import java.util.Map;
import java.util.Optional;

/** Keys of MMSelfSup 0.x that some configs of the reference still hold, though it no longer reads them. */
final class Obsolete {
    private static final Map<String, String> INSTEAD = Map.of(
            "data", "train_dataloader, val_dataloader and test_dataloader",
            "evaluation", "val_evaluator, and train_cfg.val_interval for how often",
            "optimizer", "optim_wrapper.optimizer",
            "optimizer_config", "optim_wrapper",
            "lr_config", "param_scheduler",
            "runner", "train_cfg",
            "checkpoint_config", "default_hooks.checkpoint",
            "log_config", "default_hooks.logger",
            "model.with_sobel", "a backbone that filters images itself, as {type: ResNetSobel, depth: 50}");

    private Obsolete() {}

    /** What is written in place of the key at a path; empty where that is no such key. */
    static Optional<String> instead(String path) {
        return Optional.ofNullable(INSTEAD.get(path));
    }
}
