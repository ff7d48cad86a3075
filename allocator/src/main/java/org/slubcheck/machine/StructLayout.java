package org.slubcheck.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the fields of a kernel struct stand: C's rules on x86-64, natural alignment of each field,
 * the size a multiple of the largest alignment.
 *
 * <p>Structs of the port declare one and take their offsets from it, so that a dump, a time line
 * and the kernel code agree by construction.
 */
public final class StructLayout {
    /** A field: its name, offset and size in bytes, and how many of them stand in a row. */
    public record Field(String name, int offset, int size, int count) {
        /** The first byte behind the field. */
        public int end() {
            return offset + size * count;
        }
    }

    private final String name;
    private final List<Field> fields;
    private final int size;
    private final int alignment;

    private StructLayout(String name, List<Field> fields, int size, int alignment) {
        this.name = name;
        this.fields = List.copyOf(fields);
        this.size = size;
        this.alignment = alignment;
    }

    /** Starts a struct of this name. */
    public static Builder of(String name) {
        return new Builder(name);
    }

    /** The struct's name without the word struct. */
    public String name() {
        return name;
    }

    /** sizeof, a multiple of the alignment. */
    public int size() {
        return size;
    }

    /** All fields in order. */
    public List<Field> fields() {
        return fields;
    }

    /** offsetof. */
    public int offset(String field) {
        for (Field f : fields) {
            if (f.name.equals(field)) {
                return f.offset;
            }
        }
        throw new IllegalArgumentException("struct " + name + " has no field " + field);
    }

    /** The name of the field at an offset, with an index for arrays; "+offset" in a hole. */
    public String fieldAt(int offset) {
        for (Field f : fields) {
            if (offset >= f.offset && offset < f.end()) {
                return f.count == 1 ? f.name : f.name + "[" + (offset - f.offset) / f.size + "]";
            }
        }
        return "+" + offset;
    }

    /** Collects fields in order. */
    public static final class Builder {
        private final String name;
        private final List<Field> fields = new ArrayList<>();
        private int end;
        private int alignment = 1;

        private Builder(String name) {
            this.name = name;
        }

        /** A pointer, a long, or any other single word. */
        public Builder word(String field) {
            return add(field, 8, 1);
        }

        /** An int. */
        public Builder integer(String field) {
            return add(field, 4, 1);
        }

        /** An unsigned short. */
        public Builder half(String field) {
            return add(field, 2, 1);
        }

        /** An array of words. */
        public Builder words(String field, int count) {
            return add(field, 8, count);
        }

        /** An array of ints. */
        public Builder integers(String field, int count) {
            return add(field, 4, count);
        }

        /** A struct within the struct; its fields appear as {@code field.inner}. */
        public Builder embed(String field, StructLayout inner) {
            int start = align(inner.alignment);
            for (Field f : inner.fields) {
                fields.add(new Field(field + "." + f.name, start + f.offset, f.size, f.count));
            }
            end = start + inner.size;
            return this;
        }

        /** The finished layout. */
        public StructLayout build() {
            return new StructLayout(name, fields, align(alignment), alignment);
        }

        private Builder add(String field, int size, int count) {
            fields.add(new Field(field, align(size), size, count));
            end += size * count;
            return this;
        }

        private int align(int to) {
            alignment = Math.max(alignment, to);
            end = end + to - 1 & -to;
            return end;
        }
    }
}
