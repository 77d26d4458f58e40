/*
 * The synchronous functions: start, write the input, read the output, reap. One loop polls the pipes and the pidfd.
 *
 * The loop does not wait for exec by itself. When the pidfd says that the child has ended, the verdict is known too:
 * the start failed, the child died before exec, or the program has run. That saves one wake of this thread.
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
    TURNS = 32, /* reads or writes of one pipe in a row, before it is the turn of the others */
    FEW_PIPES = 8,
    GRACE_MS = 1000,
    CHECK_MS = 1000 /* between two checks of the pidfd: if other code has closed it, poll() would never tell the end */
};

static const int64_t never = PAUSE_FOREVER;

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
    bool ended;
    bool stopped;      /* the child has been sent the signal, and the pipes are closed */
    bool asks_by_time; /* the child is asked at intervals: the pidfd is readable but the child cannot be reaped (its
                          tracer holds it back), or there is no pidfd any more */
};

static int64_t after_ms(int64_t ms)
{
    return ms > never / MILLISECOND_NS / 2 ? never : pause_clock() + ms * MILLISECOND_NS;
}

/* ---- ending it early ------------------------------------------------------------------------------------------ */

static void close_pipe(struct collect_pipe *pipe)
{
    if (pipe->fd >= 0)
        fds_close(pipe->fd);
    pipe->fd = -1;
}

static void close_pipes(struct collector *it)
{
    for (size_t i = 0; i < it->count; i++) {
        close_pipe(&it->pipes[i]);
        it->pipes[i].done = true;
    }
}

/*
 * A child that has not exec'ed has the signal blocked, and gets it when the mask is set just before execve. If it hangs
 * in a step before that, only SIGKILL ends it: when_time_is_up() sends that after GRACE_MS.
 */
static void send_kill_signal(struct collector *it)
{
    int error = spawn_kill(&it->child, it->limits->kill_signal);
    if (error && error != -ESRCH)
        spawn_kill(&it->child, SIGKILL);
    it->deadline = after_ms(GRACE_MS);
}

/* The first error is kept. A child that has ended gets no signal: its pid may be another process's by now. */
static void stop(struct collector *it, int32_t error)
{
    if (it->stopped)
        return;
    it->stopped = true;
    it->result->error = error;
    it->deadline = never;
    if (!it->ended)
        send_kill_signal(it);
    close_pipes(it);
}

static void when_time_is_up(struct collector *it)
{
    if (!it->stopped) {
        stop(it, ETIMEDOUT);
        return;
    }
    it->deadline = never;
    if (it->result->verdict == SPAWN_PENDING)
        it->result->verdict = spawn_ask(&it->child, &it->result->outcome);
    if (it->result->verdict == SPAWN_PENDING)
        spawn_kill(&it->child, SIGKILL);
}

/* ---- the pipes ------------------------------------------------------------------------------------------------ */

static void fail_pipe(struct collector *it, struct collect_pipe *pipe, long error)
{
    pipe->done = true;
    if (it->pipe_error == 0)
        it->pipe_error = (int32_t)-error;
}

/* If a filter refuses sendto or recvfrom. Not write(2), which could raise SIGPIPE, nor read(2), which could wait. */
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

static void feed(struct collector *it, struct collect_pipe *pipe)
{
    for (int turn = 0; pipe->input_left > 0; turn++) {
        if (turn == TURNS)
            return;
        long sent = send_some(pipe->fd, pipe->input, pipe->input_left);
        if (sent == -EAGAIN)
            return;
        if (sent == -EINTR)
            continue;
        if (sent < 0) {
            fail_pipe(it, pipe, sent);
            break;
        }
        pipe->input += sent;
        pipe->input_left -= (size_t)sent;
    }
    /* Shut down, not closed: a child that writes into its input would get SIGPIPE. Closed only if that is refused. */
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
 * How much to read at once. Near the limit it is the rest of a block of 64 KiB, as in Node: the result contains the
 * bytes that crossed the limit, so their number must be the same.
 */
static size_t size_to_read(const struct collector *it, const struct collect_pipe *pipe)
{
    size_t room = pipe->room - pipe->size;
    int64_t limit = it->limits->max_output;
    if (limit < 0 || (int64_t)room <= limit - it->total)
        return room;
    return BLOCK - pipe->size % BLOCK;
}

static void drain(struct collector *it, struct collect_pipe *pipe, bool hung_up)
{
    for (int turn = 0; turn < TURNS; turn++) {
        if (pipe->size == pipe->room && !grow(pipe)) {
            stop(it, ENOMEM);
            return;
        }
        size_t wanted = size_to_read(it, pipe);
        long got = receive_some(pipe->fd, pipe->output + pipe->size, wanted);
        if (got == -EAGAIN)
            return;
        if (got == -EINTR)
            continue;
        if (got < 0) {
            fail_pipe(it, pipe, got);
            return;
        }
        if (got == 0) {
            pipe->done = true;
            return;
        }
        pipe->size += (size_t)got;
        it->total += got;
        if (it->limits->max_output >= 0 && it->total > it->limits->max_output) {
            stop(it, ENOBUFS);
            return;
        }
        if ((size_t)got < wanted && !hung_up)
            return;
    }
}

static void serve(struct collector *it, struct collect_pipe *pipe, int events)
{
    if (pipe->done || events == 0)
        return;
    if (pipe->written)
        feed(it, pipe);
    else
        drain(it, pipe, events & POLLHUP);
}

/* ---- the child ------------------------------------------------------------------------------------------------ */

static void on_child_exit(struct collector *it)
{
    struct collect_result *result = it->result;
    if (result->verdict == SPAWN_PENDING)
        result->verdict = spawn_ask(&it->child, &result->outcome);
    if (result->verdict == SPAWN_PENDING)
        it->asks_by_time = true;
    else if (result->verdict == SPAWN_EXECED)
        it->asks_by_time = spawn_reap(&it->child, &result->exit) == 0;
    else
        it->asks_by_time = false;
    it->ended = !it->asks_by_time;
    /* the program never ran, so there is no output */
    if (it->ended && (result->verdict == SPAWN_FAILED || result->verdict == SPAWN_DIED))
        close_pipes(it);
}

/* In the shared-table mode: the child has left the table (spawn_ask then returns its slots), or the start failed. */
static void on_child_report(struct collector *it)
{
    struct collect_result *result = it->result;
    result->verdict = spawn_ask(&it->child, &result->outcome);
    if (result->verdict != SPAWN_PENDING && result->verdict != SPAWN_EXECED)
        on_child_exit(it);
}

/* ---- the loop ------------------------------------------------------------------------------------------------- */

static bool is_over(const struct collector *it)
{
    if (!it->ended)
        return false;
    for (size_t i = 0; i < it->count; i++)
        if (!it->pipes[i].done)
            return false;
    return true;
}

/* Waits for a pipe, the pidfd, the deadline, or the next time to ask. */
static long wait_for_something(struct collector *it)
{
    for (size_t i = 0; i < it->count; i++) {
        const struct collect_pipe *pipe = &it->pipes[i];
        it->polls[i] = (struct pollfd){pipe->done ? -1 : pipe->fd, pipe->written ? POLLOUT : POLLIN, 0};
    }
    it->polls[it->count] = (struct pollfd){it->ended || it->asks_by_time ? -1 : it->child.pidfd, POLLIN, 0};
    bool listens = it->child.shares_table && it->result->verdict == SPAWN_PENDING;
    it->polls[it->count + 1] = (struct pollfd){listens ? it->child.report_fd : -1, POLLIN, 0};

    int64_t left = it->deadline == never ? never : it->deadline - pause_clock();
    if (left < 0)
        left = 0;
    int64_t longest = it->asks_by_time ? MILLISECOND_NS : CHECK_MS * (int64_t)MILLISECOND_NS;
    return pause_poll(it->polls, it->count + 2, left < longest ? left : longest);
}

/* A filter refuses ppoll: any descriptor may be ready. All are tried; none of these calls waits. */
static void mark_all_ready(struct collector *it)
{
    for (size_t i = 0; i < it->count + 2; i++)
        if (it->polls[i].fd >= 0)
            it->polls[i].revents = it->polls[i].events;
}

static void check_pidfd(struct collector *it)
{
    if (!it->ended)
        spawn_hold(&it->child, true);
    it->asks_by_time |= it->child.pidfd < 0 && !it->ended;
}

/* The child comes after the pipes: its end is handled only after the output that it wrote before is read. */
static void run(struct collector *it)
{
    for (size_t i = 0; i < it->count; i++)
        if (it->pipes[i].written)
            feed(it, &it->pipes[i]);
    while (!is_over(it)) {
        long ready = wait_for_something(it);
        if (ready < 0 && ready != -EINTR)
            mark_all_ready(it);
        for (size_t i = 0; i < it->count; i++)
            serve(it, &it->pipes[i], it->polls[i].revents);
        if (ready == 0)
            check_pidfd(it);
        if (it->polls[it->count + 1].revents)
            on_child_report(it);
        if (!it->ended && (it->asks_by_time || it->polls[it->count].revents))
            on_child_exit(it);
        if (it->deadline != never && !is_over(it) && pause_clock() >= it->deadline)
            when_time_is_up(it);
    }
}

/*
 * The timeout counts from exec, as in Node: a program that does not exist is never a timeout. With file actions, which
 * Node does not have and which may hang, it counts from the start.
 */
static void begin_clock(struct collector *it)
{
    const struct collect_limits *limits = it->limits;
    if (limits->timeout_ms <= 0)
        return;
    if (!limits->from_start)
        it->result->verdict = spawn_wait(&it->child, &it->result->outcome);
    it->deadline = after_ms(limits->timeout_ms);
    if (it->result->verdict != SPAWN_PENDING && it->result->verdict != SPAWN_EXECED)
        on_child_exit(it);
}

static void fail_start(struct collector *it, int error, const struct spawn_failure *failure)
{
    it->result->verdict = SPAWN_FAILED;
    it->result->outcome = (struct spawn_outcome){-error, failure->step, failure->op, -1, 0};
}

void collect_run(const void *plan, size_t size, struct collect_pipe *pipes, const int32_t *child_ends, size_t count,
                 const struct collect_limits *limits, struct collect_result *result)
{
    struct spawn_failure failure = {-1, 0};
    struct pollfd few[FEW_PIPES];
    struct collector it = {
        .limits = limits,
        .result = result,
        .pipes = pipes,
        .polls = count + 2 <= FEW_PIPES ? few : malloc((count + 2) * sizeof few[0]),
        .count = count,
        .deadline = never,
    };
    *result = (struct collect_result){.verdict = SPAWN_PENDING};
    int error = it.polls ? spawn_start(plan, size, &it.child, &failure) : -ENOMEM;
    /* Before any wait: as long as one of them is open here, its pipe has no end of file. */
    fds_close_all(child_ends, count);
    if (error) {
        fail_start(&it, error, &failure);
    } else {
        result->pid = it.child.pid;
        begin_clock(&it);
        run(&it);
        spawn_close(&it.child);
    }
    close_pipes(&it);
    if (it.polls != few)
        free(it.polls);
    /* A failed start is the whole error. EPIPE on the input is only its consequence. */
    if (result->verdict == SPAWN_FAILED)
        result->error = 0;
    else if (result->error == 0)
        result->error = it.pipe_error;
}
