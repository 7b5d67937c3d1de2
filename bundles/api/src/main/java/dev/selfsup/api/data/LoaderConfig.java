package dev.selfsup.api.data;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import java.util.OptionalInt;

/**
 * How batches are made of a dataset: the value of {@code train_dataloader} and of every other {@code *_dataloader}.
 *
 * @param batchSize images in a batch of one process
 * @param numWorkers threads that load images; 0 for as many as the machine has cores. Results do not depend on it
 * @param persistentWorkers accepted as the reference's; workers always live as long as the run
 * @param pinMemory accepted as the reference's; batches always lie outside the heap
 * @param dropLast whether images that do not fill a last batch are left out
 * @param prefetchFactor batches that each worker loads ahead
 * @param sampler the order of the images
 * @param collateFn how samples become a batch
 * @param dataset the images
 */
public record LoaderConfig(int batchSize, @Default("0") int numWorkers, @Default("false") boolean persistentWorkers,
        @Default("true") boolean pinMemory, @Default("false") boolean dropLast, OptionalInt prefetchFactor,
        @Default("DefaultSampler") Sampler sampler, @Default("default_collate") Collate collateFn, Dataset dataset) {
    public LoaderConfig {
        check(batchSize > 0, "batch_size must be positive, not %d", batchSize);
        check(numWorkers >= 0, "num_workers must not be negative, not %d", numWorkers);
        check(prefetchFactor.orElse(1) > 0, "prefetch_factor must be positive, not %d", prefetchFactor.orElse(1));
    }
}
