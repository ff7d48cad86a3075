package org.slubcheck.crash;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records as keys and values: a component is a key, one of a record within is {@code outer.inner},
 * the elements of a list are {@code list.0}, {@code list.1} behind {@code list.size}. Components are
 * records, lists of what may be a component, strings, booleans, ints and longs.
 */
final class RecordText {
    private RecordText() {}

    /** A record's keys and values, in the order of its components. */
    static Map<String, String> write(String prefix, Record record) {
        Map<String, String> text = new LinkedHashMap<>();
        put(text, prefix, record);
        return text;
    }

    private static void put(Map<String, String> text, String key, Object value) {
        if (value instanceof Record record) {
            for (RecordComponent part : record.getClass().getRecordComponents()) {
                put(text, key + "." + part.getName(), read(record, part));
            }
        } else if (value instanceof List<?> list) {
            text.put(key + ".size", Integer.toString(list.size()));
            for (int i = 0; i < list.size(); i++) {
                put(text, key + "." + i, list.get(i));
            }
        } else {
            text.put(key, String.valueOf(value));
        }
    }

    private static Object read(Record record, RecordComponent part) {
        try {
            return part.getAccessor().invoke(record);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("a record does not tell " + part.getName(), e);
        }
    }

    /**
     * The record of keys and values.
     *
     * @throws DumpException when one is missing or cannot be
     */
    static <T extends Record> T read(Map<String, String> text, String prefix, Class<T> type)
            throws DumpException {
        return type.cast(record(text, prefix, type));
    }

    private static Object value(Map<String, String> text, String key, Type type)
            throws DumpException {
        if (type instanceof ParameterizedType list) {
            int size = (int) number(text, key + ".size", Integer.MAX_VALUE);
            List<Object> all = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                all.add(value(text, key + "." + i, list.getActualTypeArguments()[0]));
            }
            return all;
        }
        if (type == int.class) {
            return (int) number(text, key, Integer.MAX_VALUE);
        }
        if (type == long.class) {
            return number(text, key, Long.MAX_VALUE);
        }
        if (type == boolean.class) {
            String word = string(text, key);
            if (!word.equals("true") && !word.equals("false")) {
                throw new DumpException("its " + key + " is neither true nor false");
            }
            return word.equals("true");
        }
        return type == String.class ? string(text, key) : record(text, key, (Class<?>) type);
    }

    private static Object record(Map<String, String> text, String prefix, Class<?> type)
            throws DumpException {
        RecordComponent[] parts = type.getRecordComponents();
        Class<?>[] types = new Class<?>[parts.length];
        Object[] values = new Object[parts.length];
        for (int i = 0; i < parts.length; i++) {
            types[i] = parts[i].getType();
            values[i] = value(text, prefix + "." + parts[i].getName(), parts[i].getGenericType());
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new DumpException(
                    "its " + prefix + " cannot be: " + refused.getCause().getMessage());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type + " is no record that can be made", e);
        }
    }

    private static String string(Map<String, String> text, String key) throws DumpException {
        String value = text.get(key);
        if (value == null) {
            throw new DumpException("it does not say its " + key);
        }
        return value;
    }

    private static long number(Map<String, String> text, String key, long most)
            throws DumpException {
        String digits = string(text, key);
        try {
            long number = Long.parseLong(digits);
            if (number <= most && number >= -most - 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new DumpException("its " + key + " is no number that can be: " + digits);
    }
}
