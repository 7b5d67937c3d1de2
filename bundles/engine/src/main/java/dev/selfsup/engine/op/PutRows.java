package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Views;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A table with some of its rows replaced: table [R, C], places int64 [M], each from 0 to R - 1, and rows [M, C], to the table with row i at {@code places[i]}. Of two
 * rows for one place the last one stays. The type is the table's. No gradient: it serves to change buffers where they lie.
 */
public record PutRows() implements Operation {
    @Override
    public String name() {
        return "put_rows";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] table = in.get(0);
        long[] rows = in.get(2);
        if (table.length != 2 || rows.length != 2 || rows[1] != table[1] || in.get(1).length != 1 || in.get(1)[0] != rows[0]) {
            throw new IllegalArgumentException(name() + " takes a table [R, C], places [M] and rows [M, C], not "
                    + in.stream().map(Arrays::toString).toList());
        }
        return List.of(table);
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(inputs.get(0));
    }

    @Override
    public boolean inPlace() {
        return true;
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.nCopies(in.size(), null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        long count = in[1].length();
        long columns = in[2].length() / count;
        boolean elsewhere = !Views.same(in[0], out[0]);
        return () -> {
            if (elsewhere) {
                out[0].assign(in[0]);
            }
            for (long i = 0; i < count; i++) {
                long place = place(in[1].getLong(i), out[0].length() / columns);
                Views.at(out[0], place * columns, columns).assign(Views.at(in[2], i * columns, columns));
            }
        };
    }

    /** A place that is checked: a wrong one would write into other memory. */
    public static long place(long place, long rows) {
        if (place < 0 || place >= rows) {
            throw new IllegalArgumentException("there is no row " + place + " in a table of " + rows);
        }
        return place;
    }
}
