/*
 * The synchronous functions: start, write the input, read the output, reap. One loop polls the pipes and the pidfd.
 *
 * The loop does not wait for exec. When the pidfd shows that the child has ended, the verdict is known too: the start
 * failed, the child died before exec, or the program has run. So this thread need not wake up for the exec.
 */
#include "collect.h"
#include "fds.h"
#include "pause.h"
#include "sys.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
    BLOCK = 65536,
    /* The hazard: a child that writes without end would keep the loop at one pipe, and the deadline would pass. So
     * after this many reads or writes of one pipe in a row, the loop goes on to the next. */
    MOST_IN_A_ROW = 32,
    FEW_PIPES = 8,
    GRACE_MS = 1000, /* between `kill_signal` and SIGKILL to a child that has not exec'ed */
    /* Between two checks of the pidfd. The hazard: if other code closes it, poll() never reports the child's end. */
    CHECK_MS = 1000
};

static const int64_t NEVER = PAUSE_FOREVER;

struct collector {
    struct spawn_child child;
    const struct collect_limits *limits;
    struct collect_result *result;
    struct collect_pipe *pipes;
    struct pollfd *polls; /* one for each pipe, then the pidfd, then the report pipe */
    size_t count;
    int64_t deadline; /* nanoseconds of the monotonic clock */
    int64_t total;    /* bytes read, of all pipes */
    int32_t pipe_error;
    bool ended;               /* the child has ended, and its verdict and exit are in `result` */
    bool stopped;             /* the child has been sent the signal, and the pipes are closed */
    bool checks_at_intervals; /* poll() cannot be used for the child's end: the pidfd is readable, but the child cannot
                               be reaped (its tracer holds it), or there is no pidfd. So the child is checked every
                               millisecond */
};

/* Half the range, so that the sum with the clock cannot overflow. */
static int64_t after_ms(int64_t ms)
{
    return ms > NEVER / MILLISECOND_NS / 2 ? NEVER : pause_clock() + ms * MILLISECOND_NS;
}

/* ---- stopping early ------------------------------------------------------------------------------------------- */

static void close_pipe(struct collect_pipe *pipe)
{
    if (pipe->fd >= 0)
        fds_close(pipe->fd);
    pipe->fd = -1;
}

static void close_pipes(struct collector *collector)
{
    for (size_t i = 0; i < collector->count; i++) {
        close_pipe(&collector->pipes[i]);
        collector->pipes[i].done = true;
    }
}

/*
 * The hazard: a child that has not exec'ed has all signals blocked, and gets this one only when its mask is set, just
 * before execve. If it hangs in a step before that, only SIGKILL ends it: on_deadline() sends that after GRACE_MS.
 */
static void send_kill_signal(struct collector *collector)
{
    int error = spawn_kill(&collector->child, collector->limits->kill_signal);
    if (error && error != -ESRCH)
        spawn_kill(&collector->child, SIGKILL);
    collector->deadline = after_ms(GRACE_MS);
}

/*
 * Only the first error is kept. The hazard: the pid of a child that has ended and is reaped may be another process's by
 * now. So such a child is sent no signal. The pipes are closed in any case: a grandchild may hold them open forever.
 */
static void stop_early(struct collector *collector, int32_t error)
{
    if (collector->stopped)
        return;
    collector->stopped = true;
    collector->result->error = error;
    collector->deadline = NEVER;
    if (!collector->ended)
        send_kill_signal(collector);
    close_pipes(collector);
}

/* The timeout; or GRACE_MS after stop_early(). Then SIGKILL, but only to a child that has not exec'ed. */
static void on_deadline(struct collector *collector)
{
    if (!collector->stopped) {
        stop_early(collector, ETIMEDOUT);
        return;
    }
    collector->deadline = NEVER;
    if (collector->result->verdict == SPAWN_PENDING)
        collector->result->verdict = spawn_ask(&collector->child, &collector->result->outcome);
    if (collector->result->verdict == SPAWN_PENDING)
        spawn_kill(&collector->child, SIGKILL);
}

/* ---- the pipes ------------------------------------------------------------------------------------------------ */

static void fail_pipe(struct collector *collector, struct collect_pipe *pipe, long error)
{
    pipe->done = true;
    if (collector->pipe_error == 0)
        collector->pipe_error = (int32_t)-error;
}

/* If a filter refuses sendto or recvfrom. The hazards of the plain calls: write raises SIGPIPE, and read may wait. */
static long by_message(long call, int32_t fd, const char *bytes, size_t size, int flags)
{
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return sys_call3(call, fd, &message, flags);
}

static long send_some(int32_t fd, const char *bytes, size_t size)
{
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    long sent = sys_call6(__NR_sendto, fd, (long)bytes, (long)size, flags, 0, 0);
    return is_refused(sent) ? by_message(__NR_sendmsg, fd, bytes, size, flags) : sent;
}

static long receive_some(int32_t fd, char *bytes, size_t size)
{
    long got = sys_call6(__NR_recvfrom, fd, (long)bytes, (long)size, MSG_DONTWAIT, 0, 0);
    return is_refused(got) ? by_message(__NR_recvmsg, fd, bytes, size, MSG_DONTWAIT) : got;
}

static void write_input(struct collector *collector, struct collect_pipe *pipe)
{
    for (int turn = 0; pipe->input_left > 0; turn++) {
        if (turn == MOST_IN_A_ROW)
            return;
        long sent = send_some(pipe->fd, pipe->input, pipe->input_left);
        if (sent == -EAGAIN)
            return;
        if (sent == -EINTR)
            continue;
        if (sent < 0) {
            fail_pipe(collector, pipe, sent);
            break;
        }
        pipe->input += sent;
        pipe->input_left -= (size_t)sent;
    }
    /* Shut down, not closed: otherwise a child that writes into its input would get SIGPIPE. Closed only if a filter
     * refuses shutdown, because the child must see the end of its input. */
    if (is_refused(sys_call2(__NR_shutdown, pipe->fd, SHUT_WR)))
        close_pipe(pipe);
    pipe->done = true;
}

static bool grow(struct collect_pipe *pipe)
{
    size_t room = pipe->room ? pipe->room * 2 : BLOCK;
    char *output = realloc(pipe->output, room);
    if (!output)
        return false;
    pipe->output = output;
    pipe->room = room;
    return true;
}

/*
 * How much to read at once. The result contains the bytes that exceeded the limit, and their number must be the same as
 * in Node, which reads into blocks of 64 KiB. So near the limit this reads no more than the rest of such a block.
 */
static size_t size_to_read(const struct collector *collector, const struct collect_pipe *pipe)
{
    size_t room = pipe->room - pipe->size;
    int64_t limit = collector->limits->max_output;
    if (limit < 0 || (int64_t)room <= limit - collector->total)
        return room;
    return BLOCK - pipe->size % BLOCK;
}

static void read_output(struct collector *collector, struct collect_pipe *pipe, bool hung_up)
{
    for (int turn = 0; turn < MOST_IN_A_ROW; turn++) {
        if (pipe->size == pipe->room && !grow(pipe)) {
            stop_early(collector, ENOMEM);
            return;
        }
        size_t wanted = size_to_read(collector, pipe);
        long got = receive_some(pipe->fd, pipe->output + pipe->size, wanted);
        if (got == -EAGAIN)
            return;
        if (got == -EINTR)
            continue;
        if (got < 0) {
            fail_pipe(collector, pipe, got);
            return;
        }
        if (got == 0) {
            pipe->done = true;
            return;
        }
        pipe->size += (size_t)got;
        collector->total += got;
        if (collector->limits->max_output >= 0 && collector->total > collector->limits->max_output) {
            stop_early(collector, ENOBUFS);
            return;
        }
        /* Nothing is left for now. If the other end is closed, read on: the next result is the end of file. */
        if ((size_t)got < wanted && !hung_up)
            return;
    }
}

static void serve_pipe(struct collector *collector, struct collect_pipe *pipe, int events)
{
    if (pipe->done || events == 0)
        return;
    if (pipe->written)
        write_input(collector, pipe);
    else
        read_output(collector, pipe, events & POLLHUP);
}

/* ---- the child ------------------------------------------------------------------------------------------------ */

/*
 * The pidfd is readable, or it is time to check. The hazard: a dead child that is traced has a readable pidfd, but no
 * verdict, and it cannot be reaped. poll() on the pidfd would return at once again and again. So from then on the child
 * is checked at intervals.
 */
static void on_child_exit(struct collector *collector)
{
    struct collect_result *result = collector->result;
    if (result->verdict == SPAWN_PENDING)
        result->verdict = spawn_ask(&collector->child, &result->outcome);
    if (result->verdict == SPAWN_PENDING)
        collector->checks_at_intervals = true;
    else if (result->verdict == SPAWN_EXECED)
        collector->checks_at_intervals = spawn_reap(&collector->child, &result->exit) == 0;
    else
        collector->checks_at_intervals = false;
    collector->ended = !collector->checks_at_intervals;
    /* The program never ran, so there is no output to wait for. */
    if (collector->ended && (result->verdict == SPAWN_FAILED || result->verdict == SPAWN_DIED))
        close_pipes(collector);
}

/*
 * In the shared-table mode the child has left the table (spawn_ask returns its slots). With own memory the exec is best
 * known while the program lives. Or the start has failed.
 */
static void on_child_report(struct collector *collector)
{
    struct collect_result *result = collector->result;
    result->verdict = spawn_ask(&collector->child, &result->outcome);
    if (result->verdict != SPAWN_PENDING && result->verdict != SPAWN_EXECED)
        on_child_exit(collector);
}

/* ---- the loop ------------------------------------------------------------------------------------------------- */

static bool is_finished(const struct collector *collector)
{
    if (!collector->ended)
        return false;
    for (size_t i = 0; i < collector->count; i++)
        if (!collector->pipes[i].done)
            return false;
    return true;
}

/* Waits for a pipe, the pidfd, the deadline, or the next check. poll() ignores entries with the number -1. */
static long wait_for_event(struct collector *collector)
{
    for (size_t i = 0; i < collector->count; i++) {
        const struct collect_pipe *pipe = &collector->pipes[i];
        collector->polls[i] = (struct pollfd){pipe->done ? -1 : pipe->fd, pipe->written ? POLLOUT : POLLIN, 0};
    }
    collector->polls[collector->count] =
        (struct pollfd){collector->ended || collector->checks_at_intervals ? -1 : collector->child.pidfd, POLLIN, 0};
    bool is_early = collector->child.shares_table || collector->child.own_memory >= 0;
    bool watches_report = is_early && collector->result->verdict == SPAWN_PENDING;
    collector->polls[collector->count + 1] =
        (struct pollfd){watches_report ? collector->child.report_fd : -1, POLLIN, 0};

    int64_t left = collector->deadline == NEVER ? NEVER : collector->deadline - pause_clock();
    if (left < 0)
        left = 0;
    int64_t longest = collector->checks_at_intervals ? MILLISECOND_NS : CHECK_MS * (int64_t)MILLISECOND_NS;
    return pause_poll(collector->polls, collector->count + 2, left < longest ? left : longest);
}

/* If a filter refuses ppoll, any descriptor may be ready. So all are tried; none of these calls waits. */
static void mark_all_ready(struct collector *collector)
{
    for (size_t i = 0; i < collector->count + 2; i++)
        if (collector->polls[i].fd >= 0)
            collector->polls[i].revents = collector->polls[i].events;
}

/* Other code may have closed the pidfd: then a new one is polled, or if there is none, the child is checked. */
static void check_pidfd(struct collector *collector)
{
    if (!collector->ended)
        spawn_ensure_pidfd(&collector->child, true);
    collector->checks_at_intervals |= collector->child.pidfd < 0 && !collector->ended;
}

/* In each turn the pipes come before the child: the output that it wrote before its end must be read first. */
static void run(struct collector *collector)
{
    for (size_t i = 0; i < collector->count; i++)
        if (collector->pipes[i].written)
            write_input(collector, &collector->pipes[i]);
    while (!is_finished(collector)) {
        long ready = wait_for_event(collector);
        if (ready < 0 && ready != -EINTR)
            mark_all_ready(collector);
        for (size_t i = 0; i < collector->count; i++)
            serve_pipe(collector, &collector->pipes[i], collector->polls[i].revents);
        if (ready == 0)
            check_pidfd(collector);
        if (collector->polls[collector->count + 1].revents)
            on_child_report(collector);
        if (!collector->ended && (collector->checks_at_intervals || collector->polls[collector->count].revents))
            on_child_exit(collector);
        if (collector->deadline != NEVER && !is_finished(collector) && pause_clock() >= collector->deadline)
            on_deadline(collector);
    }
}

/*
 * The timeout begins at exec, as in Node: so a program that does not exist is never a timeout. With file actions, which
 * Node does not have and which may hang, it begins at the start.
 */
static void start_timeout(struct collector *collector)
{
    const struct collect_limits *limits = collector->limits;
    if (limits->timeout_ms <= 0)
        return;
    if (!limits->from_start)
        collector->result->verdict = spawn_wait(&collector->child, &collector->result->outcome);
    collector->deadline = after_ms(limits->timeout_ms);
    if (collector->result->verdict != SPAWN_PENDING && collector->result->verdict != SPAWN_EXECED)
        on_child_exit(collector);
}

static void set_start_error(struct collector *collector, int error, const struct spawn_failure *failure)
{
    collector->result->verdict = SPAWN_FAILED;
    collector->result->outcome = (struct spawn_outcome){-error, failure->step, failure->op, -1, 0};
}

void collect_run(const void *plan, size_t size, struct collect_pipe *pipes, const int32_t *child_ends, size_t count,
                 const struct collect_limits *limits, struct collect_result *result)
{
    struct spawn_failure failure = {-1, 0};
    struct pollfd few[FEW_PIPES];
    struct collector collector = {
        .limits = limits,
        .result = result,
        .pipes = pipes,
        .polls = count + 2 <= FEW_PIPES ? few : malloc((count + 2) * sizeof few[0]),
        .count = count,
        .deadline = NEVER,
    };
    *result = (struct collect_result){.verdict = SPAWN_PENDING};
    int error = collector.polls ? spawn_start(plan, size, &collector.child, &failure) : -ENOMEM;
    /* Before any wait: while a child's end is open here too, its pipe has no end of file. */
    fds_close_all(child_ends, count);
    if (error) {
        set_start_error(&collector, error, &failure);
    } else {
        result->pid = collector.child.pid;
        start_timeout(&collector);
        run(&collector);
        spawn_close(&collector.child);
    }
    close_pipes(&collector);
    if (collector.polls != few)
        free(collector.polls);
    /* If the start failed, that is the only error: EPIPE on the input is a consequence of it. */
    if (result->verdict == SPAWN_FAILED)
        result->error = 0;
    else if (result->error == 0)
        result->error = collector.pipe_error;
}
