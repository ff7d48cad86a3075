package org.slubcheck.trace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One line of ftrace text, taken apart in its bytes.
 *
 * <pre>
 *   TASK-PID  [CPU] LATENCY  TIME: EVENT: key=value key=value ...
 *   cc1-4711  [001] d..1.  12.345678: kfree: call_site=f+0x1/0x2 [mod] ptr=000000004646c6ba
 * </pre>
 *
 * <p>A task may be called anything, so the head is found from its middle: a number in brackets
 * behind which a time and an event's name follow, with or without the latency column. A value ends
 * where the next key begins: the name of a module follows its function after a blank.
 */
final class EventLine {
    /** What {@link #parse} saw. */
    enum Kind {
        EVENT,
        OTHER_EVENT,
        LOST,
        NOTHING
    }

    private static final byte[] KMALLOC = ascii("kmalloc");
    private static final byte[] KMALLOC_NODE = ascii("kmalloc_node");
    private static final byte[] CACHE_ALLOC = ascii("kmem_cache_alloc");
    private static final byte[] CACHE_ALLOC_NODE = ascii("kmem_cache_alloc_node");
    private static final byte[] KFREE = ascii("kfree");
    private static final byte[] CACHE_FREE = ascii("kmem_cache_free");
    private static final byte[] LOST_CPU = ascii("CPU:");
    private static final byte[] LOST = ascii("[LOST ");
    private static final byte[] NULL = ascii("(null)");
    private static final byte[] PTR = ascii("ptr");
    private static final byte[] NAME = ascii("name");
    private static final byte[] NODE = ascii("node");
    private static final byte[] BYTES_REQ = ascii("bytes_req");
    private static final byte[] BYTES_ALLOC = ascii("bytes_alloc");
    private static final byte[] GFP_FLAGS = ascii("gfp_flags");

    private static final int MAX_CPU = 1 << 16;
    private static final int MAX_LATENCY = 8;

    private final ByteNames names = new ByteNames();
    private final ByteNames flagNames = new ByteNames();
    private int[] flagBits = new int[64];

    private TraceInput input;
    private byte[] buf;
    private int end;
    private int cpu;
    private long lost;

    ByteNames names() {
        return names;
    }

    /** Events that a {@link Kind#LOST} line speaks of; 0 when it does not say. */
    long lost() {
        return lost;
    }

    /** Takes the line apart and appends to the batch if it is an event of kmem. */
    Kind parse(TraceInput line, EventBatch batch) throws TraceFormatException {
        input = line;
        buf = line.buffer;
        end = line.end;
        int start = line.start;
        if (start == end || buf[start] == '#') {
            return Kind.NOTHING;
        }
        if (startsWith(start, LOST_CPU) && lostLine(start)) {
            return Kind.LOST;
        }
        int event = eventOf(start);
        if (event < 0) {
            return notAnEvent(start);
        }
        int colon = event;
        while (colon < end && buf[colon] != ':' && buf[colon] != ' ') {
            colon++;
        }
        int kind = colon < end && buf[colon] == ':' ? kindOf(event, colon - event) : -1;
        if (kind < 0) {
            return Kind.OTHER_EVENT;
        }
        payload(colon + 1, (byte) kind, batch);
        return Kind.EVENT;
    }

    /** A stack trace line, a blank one, or an error. */
    private Kind notAnEvent(int start) throws TraceFormatException {
        int at = blanks(start);
        if (at == end || at + 1 < end && buf[at] == '=' && buf[at + 1] == '>') {
            return Kind.NOTHING;
        }
        for (int i = start; i < end; i++) {
            if (buf[i] >= 0 && buf[i] < ' ' && buf[i] != '\t') {
                throw input.bad("binary data, not the text that ftrace prints");
            }
        }
        throw input.bad("not a line that ftrace prints: no [CPU], time and event");
    }

    /** CPU:0 [LOST 123 EVENTS], or without the number. */
    private boolean lostLine(int start) {
        int at = start + LOST_CPU.length;
        while (at < end && isDigit(buf[at])) {
            at++;
        }
        at = blanks(at);
        if (!startsWith(at, LOST)) {
            return false;
        }
        lost = 0;
        for (at += LOST.length; at < end && isDigit(buf[at]); at++) {
            lost = Math.min(lost * 10 + buf[at] - '0', Long.MAX_VALUE / 100);
        }
        return true;
    }

    /** Where the event's name begins, or -1; sets the CPU. */
    private int eventOf(int start) {
        for (int at = start; at < end; at++) {
            if (buf[at] == '[' && behindPid(start, at)) {
                int event = headFrom(at + 1);
                if (event >= 0) {
                    return event;
                }
            }
        }
        return -1;
    }

    /** Whether a dash and a number stand before, and perhaps the thread group in parentheses. */
    private boolean behindPid(int start, int bracket) {
        int at = bracket - 1;
        while (at > start && buf[at] == ' ') {
            at--;
        }
        if (at > start && buf[at] == ')') {
            while (at > start && buf[at] != '(') {
                at--;
            }
            at--;
            while (at > start && buf[at] == ' ') {
                at--;
            }
        }
        int last = at;
        while (at > start && isDigit(buf[at])) {
            at--;
        }
        return at < last && buf[at] == '-';
    }

    private int headFrom(int digits) {
        int at = digits;
        int number = 0;
        while (at < end && isDigit(buf[at]) && number < MAX_CPU) {
            number = number * 10 + buf[at++] - '0';
        }
        if (at == digits || at + 1 >= end || buf[at] != ']' || buf[at + 1] != ' ') {
            return -1;
        }
        at = blanks(at + 1);
        int time = timeFrom(at);
        if (time < 0) {
            int latency = at;
            while (at < end && buf[at] != ' ') {
                at++;
            }
            if (at - latency > MAX_LATENCY) {
                return -1;
            }
            time = timeFrom(blanks(at));
        }
        cpu = number;
        return time;
    }

    /** Behind a time and its colon, or -1. */
    private int timeFrom(int from) {
        int at = from;
        while (at < end && (isDigit(buf[at]) || buf[at] == '.')) {
            at++;
        }
        if (at == from || at + 1 >= end || buf[at] != ':' || buf[at + 1] != ' ') {
            return -1;
        }
        int event = blanks(at + 1);
        return event < end ? event : -1;
    }

    private int kindOf(int at, int length) {
        switch (length) {
            case 5:
                return startsWith(at, KFREE) ? EventBatch.KFREE : -1;
            case 7:
                return startsWith(at, KMALLOC) ? EventBatch.KMALLOC : -1;
            case 12:
                return startsWith(at, KMALLOC_NODE) ? EventBatch.KMALLOC : -1;
            case 15:
                return startsWith(at, CACHE_FREE) ? EventBatch.CACHE_FREE : -1;
            case 16:
                return startsWith(at, CACHE_ALLOC) ? EventBatch.CACHE_ALLOC : -1;
            case 21:
                return startsWith(at, CACHE_ALLOC_NODE) ? EventBatch.CACHE_ALLOC : -1;
            default:
                return -1;
        }
    }

    private void payload(int from, byte kind, EventBatch batch) throws TraceFormatException {
        int row = batch.size;
        boolean ptr = false;
        boolean alloc = !EventBatch.isAlloc(kind);
        boolean req = alloc;
        boolean given = alloc;
        boolean flags = alloc;
        batch.bytesReq[row] = 0;
        batch.bytesAlloc[row] = 0;
        batch.gfp[row] = 0;
        batch.name[row] = -1;
        batch.node[row] = -1;
        int at = blanks(from);
        while (at < end) {
            int key = at;
            while (at < end && buf[at] != '=' && buf[at] != ' ') {
                at++;
            }
            int length = at - key;
            int value = at + 1;
            if (at >= end || buf[at] == ' ') {
                at = blanks(at);
                continue;
            }
            at = valueEnd(value);
            if (is(PTR, key, length)) {
                batch.ptr[row] = pointer(value, at);
                ptr = true;
            } else if (is(NAME, key, length)) {
                at = nameEnd(at);
                batch.name[row] = name(value, at);
            } else if (is(NODE, key, length)) {
                batch.node[row] = node(value, at);
            } else if (is(BYTES_REQ, key, length)) {
                batch.bytesReq[row] = number(value, at, "bytes_req");
                req = true;
            } else if (is(BYTES_ALLOC, key, length)) {
                batch.bytesAlloc[row] = number(value, at, "bytes_alloc");
                given = true;
            } else if (is(GFP_FLAGS, key, length)) {
                batch.gfp[row] = gfp(value, at);
                flags = true;
            }
            at = blanks(at);
        }
        require(ptr, "ptr");
        require(req, "bytes_req");
        require(given, "bytes_alloc");
        require(flags, "gfp_flags");
        batch.kind[row] = kind;
        batch.cpu[row] = cpu;
        batch.size = row + 1;
    }

    private void require(boolean seen, String key) throws TraceFormatException {
        if (!seen) {
            throw input.bad("the event has no " + key + "=");
        }
    }

    private int valueEnd(int from) {
        int at = from;
        while (at < end && buf[at] != ' ') {
            at++;
        }
        return at;
    }

    /** A cache's name may have blanks: it ends where the next key=value begins. */
    private int nameEnd(int from) {
        int last = from;
        while (last < end) {
            int word = blanks(last);
            int at = word;
            while (at < end && buf[at] != ' ' && buf[at] != '=') {
                at++;
            }
            if (at == word || at < end && buf[at] == '=') {
                break;
            }
            last = at;
        }
        return last;
    }

    private long pointer(int from, int to) throws TraceFormatException {
        int at = from;
        if (to - at > 2 && buf[at] == '0' && (buf[at + 1] | 0x20) == 'x') {
            at += 2;
        }
        long value = 0;
        if (at < to && to - at <= 16) {
            for (; at < to; at++) {
                int digit = hexDigit(buf[at]);
                if (digit < 0) {
                    break;
                }
                value = value << 4 | digit;
            }
            if (at == to) {
                return value;
            }
        }
        if (to - from == NULL.length && startsWith(from, NULL)) {
            return 0;
        }
        throw input.bad(
                buf[from] == '('
                        ? "ptr= has no identity: the kernel could not hash pointers yet"
                        : "ptr= must be a hexadecimal number");
    }

    private int name(int from, int to) throws TraceFormatException {
        if (from == to) {
            throw input.bad("name= is empty");
        }
        int id = names.intern(buf, from, to);
        if (id < 0) {
            throw input.bad("more than " + ByteNames.LIMIT + " names of caches");
        }
        return id;
    }

    private int gfp(int from, int to) throws TraceFormatException {
        int known = flagNames.size();
        int id = flagNames.intern(buf, from, to);
        if (id < 0) {
            throw input.bad("more than " + ByteNames.LIMIT + " sets of gfp_flags");
        }
        if (flagNames.size() > known) {
            if (id == flagBits.length) {
                flagBits = Arrays.copyOf(flagBits, 2 * id);
            }
            flagBits[id] = TraceGfp.parse(flagNames.name(id));
        }
        return flagBits[id];
    }

    private int node(int from, int to) throws TraceFormatException {
        if (to - from == 2 && buf[from] == '-' && buf[from + 1] == '1') {
            return -1;
        }
        return number(from, to, "node");
    }

    private int number(int from, int to, String key) throws TraceFormatException {
        long value = 0;
        int at = from;
        while (at < to && isDigit(buf[at]) && value <= Integer.MAX_VALUE) {
            value = value * 10 + buf[at++] - '0';
        }
        if (at == from || at < to || value > Integer.MAX_VALUE) {
            throw input.bad(key + "= must be a number below 2147483648");
        }
        return (int) value;
    }

    private int blanks(int from) {
        int at = from;
        while (at < end && (buf[at] == ' ' || buf[at] == '\t')) {
            at++;
        }
        return at;
    }

    private boolean is(byte[] key, int at, int length) {
        return length == key.length && startsWith(at, key);
    }

    private boolean startsWith(int at, byte[] text) {
        if (end - at < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (buf[at + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static int hexDigit(byte b) {
        if (isDigit(b)) {
            return b - '0';
        }
        int lower = b | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
