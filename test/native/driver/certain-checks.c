/* Starts that are as good as certain to exec: which are, and what becomes of their children. */
#include "../../../csrc/core/arena.h"
#include "../../../csrc/core/certain.h"
#include "../../../csrc/core/spawn.h"
#include "checks.h"
#include "plan-builder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct builder builder;
static struct spawn_child child;
static struct spawn_outcome outcome;
static struct known_program known;
static const char *const true_argv[] = {"/bin/true", NULL};
static char folder[] = "/tmp/forkless-certain-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static int finish_start(const char *const *argv)
{
    struct spawn_failure failure;
    builder_argv(&builder, argv);
    return spawn_start_known(builder.bytes, builder_finish(&builder), &known, &child, &failure);
}

static void begin(void)
{
    builder_start(&builder);
}

static void candidate(const char *path)
{
    builder_step(&builder, OP_EXECVE, 0, 0, path, 0);
}

static int end_of_child(void)
{
    struct spawn_exit end;
    struct pollfd ended = {child.pidfd, POLLIN, 0};
    CHECK(poll(&ended, 1, 20000) == 1);
    while (spawn_reap(&child, &end) == 0)
        poll(NULL, 0, 1);
    spawn_close(&child);
    return end.signal ? -end.signal : end.exit_code;
}

/* Starts the plan; whether that was certain. Its program must run and end with 0. */
static bool is_certain(const char *const *argv)
{
    uint64_t before = spawn_certain_count();
    CHECK(finish_start(argv) == 0);
    bool certain = child.outlives;
    CHECK(spawn_certain_count() - before == certain);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED);
    CHECK(end_of_child() == 0);
    return certain;
}

static void learn(uint32_t step)
{
    struct plan plan;
    builder_argv(&builder, true_argv);
    CHECK(plan_open(builder.bytes, builder_finish(&builder), &plan) == 0);
    known_program_learn(&known, &plan, step);
}

static void know_true(void)
{
    begin();
    candidate("/bin/true");
    learn(0);
    CHECK(known.file_count == 1);
    begin();
    candidate("/bin/true");
}

/* Whether /bin/true is certain with what is known now. */
static bool true_is_certain(void)
{
    begin();
    candidate("/bin/true");
    return is_certain(true_argv);
}

static void knows_a_program_that_it_has_execed(void)
{
    memset(&known, 0, sizeof known);
    CHECK(!true_is_certain());
    know_true();
    CHECK(is_certain(true_argv));
    spawn_force_certain(CERTAIN_NEVER);
    CHECK(!true_is_certain());
    spawn_force_certain(CERTAIN_IF_KNOWN);
    CHECK(true_is_certain());
}

static void tells_which_candidate_was_execed(void)
{
    begin();
    builder_step(&builder, OP_UMASK, 0, 022, NULL, 0);
    candidate("/no/such/true");
    candidate("/bin/true");
    CHECK(finish_start(true_argv) == 0 && spawn_wait(&child, &outcome) == SPAWN_EXECED);
    CHECK(child.exec_step == 2);
    CHECK(end_of_child() == 0);
}

static void knows_it_by_all_names_up_to_its_own(void)
{
    begin();
    candidate("/no/such/true");
    candidate("/bin/true");
    learn(1);
    CHECK(known.file_count == 1 && known.candidates == 2);
    CHECK(!true_is_certain());
    begin();
    candidate("/no/other/true");
    candidate("/bin/true");
    CHECK(!is_certain(true_argv));
    begin();
    candidate("/no/such/true");
    candidate("/bin/true");
    candidate("/never/tried");
    CHECK(is_certain(true_argv));
    /* where they are depends on the working directory */
    begin();
    candidate("such/true");
    candidate("/bin/true");
    learn(1);
    CHECK(known.file_count == 0);
    begin();
    candidate("/bin/true");
    learn(1);
    CHECK(known.file_count == 0);
    begin();
    builder_step(&builder, OP_UMASK, 0, 022, NULL, 0);
    candidate("/bin/true");
    learn(0);
    CHECK(known.file_count == 0);
    /* a plan with fewer candidates */
    begin();
    candidate("/no/such/true");
    candidate("/bin/true");
    learn(1);
    begin();
    candidate("/no/such/true");
    CHECK(finish_start(true_argv) == 0 && !child.outlives);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == ENOENT);
    spawn_close(&child);
}

static void knows_no_file_that_has_changed(void)
{
#define CHANGES_WITH(member)                                                                                           \
    do {                                                                                                               \
        know_true();                                                                                                   \
        known.member++;                                                                                                \
        CHECK(!true_is_certain());                                                                                     \
    } while (0)
    CHANGES_WITH(files[0].inode);
    CHANGES_WITH(files[0].major);
    CHANGES_WITH(files[0].minor);
    CHANGES_WITH(files[0].size);
    CHANGES_WITH(files[0].changed_s);
    CHANGES_WITH(files[0].changed_ns);
    CHANGES_WITH(files[0].modified_s);
    CHANGES_WITH(files[0].modified_ns);
    CHANGES_WITH(files[0].mode);
    CHANGES_WITH(files[0].owner);
    CHANGES_WITH(user.user);
    CHANGES_WITH(user.group);
    CHANGES_WITH(user.group_count);
    CHANGES_WITH(user.groups[0]);
    CHANGES_WITH(files[0].link_inode);
    CHANGES_WITH(files[0].link_changed_s);
    CHANGES_WITH(files[0].link_changed_ns);
#undef CHANGES_WITH
    /* another file under the same name */
    char name[PATH_MAX];
    const char *folder_link = in_folder("bin");
    snprintf(name, sizeof name, "%s/true", folder_link);
    CHECK(symlink("/bin", folder_link) == 0);
    begin();
    candidate(name);
    learn(0);
    begin();
    candidate(name);
    CHECK(is_certain((const char *[]){"true", NULL}));
    char other[PATH_MAX];
    const char *other_folder = in_folder("other");
    snprintf(other, sizeof other, "%s/true", other_folder);
    CHECK(mkdir(other_folder, 0700) == 0 && symlink("/bin/sh", other) == 0);
    CHECK(unlink(folder_link) == 0 && symlink(other_folder, folder_link) == 0);
    begin();
    candidate(name);
    CHECK(!is_certain((const char *[]){"sh", "-c", "exit 0", NULL}));
    CHECK(unlink(folder_link) == 0 && unlink(other) == 0 && rmdir(other_folder) == 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static void knows_no_file_that_is_young(void)
{
    const char *script = in_folder("script");
    write_file(script, "#!/bin/sh\nexit 0\n", 0755);
    begin();
    candidate(script);
    learn(0);
    CHECK(known.file_count == 2 && known.names_size == strlen(script) + sizeof "/bin/sh" + 1);
    CHECK(strcmp(known.names + strlen(script) + 1, "/bin/sh") == 0);
    begin();
    candidate(script);
    CHECK(!is_certain((const char *[]){"script", NULL}));
    CHECK(unlink(script) == 0);
    const char *name = in_folder("link");
    CHECK(symlink("/bin/true", name) == 0);
    begin();
    candidate(name);
    learn(0);
    begin();
    candidate(name);
    CHECK(known.file_count == 1 && !is_certain((const char *[]){"true", NULL}));
    CHECK(unlink(name) == 0);
}

/* The interpreters of a script that has just been written: how many files are known, or 0. */
static uint32_t files_of(const char *text)
{
    const char *script = in_folder("interpreted");
    write_file(script, text, 0755);
    begin();
    candidate(script);
    learn(0);
    CHECK(unlink(script) == 0);
    return known.file_count;
}

static void knows_the_interpreters_of_a_script(void)
{
    char text[400], long_name[300];
    memset(long_name, 'x', sizeof long_name);
    long_name[sizeof long_name - 1] = 0;
    CHECK(files_of("#!/bin/sh\n") == 2);
    CHECK(files_of("#! \t/bin/sh -e\n") == 2);
    CHECK(files_of("exit 0\n") == 2 && strcmp(known.names + known.candidates + strlen(known.names), "/bin/sh") == 0);
    CHECK(files_of("") == 2);
    CHECK(files_of("#!sh\n") == 0);
    CHECK(files_of("#!\n") == 0);
    CHECK(files_of("#!/no/such/interpreter\n") == 0);
    CHECK(files_of("#!/tmp\n") == 0);
    CHECK(files_of("#!/bin/sh") == 2);
    CHECK(files_of("#!") == 0 && files_of("#!  ") == 0);
    snprintf(text, sizeof text, "#!/%s\n", long_name);
    CHECK(files_of(text) == 0);
    /* what the kernel reads of this one ends with an interpreter that exists */
    memset(long_name, '/', sizeof long_name);
    memcpy(long_name, "#!/bin", 6);
    memcpy(long_name + 254, "shx\n", 5);
    CHECK(files_of(long_name) == 0);
    /* one script runs the next */
    const char *inner = in_folder("inner");
    write_file(inner, "#!/bin/sh\n", 0755);
    snprintf(text, sizeof text, "#!%s\n", inner);
    CHECK(files_of(text) == 3);
    /* and itself: that has no end */
    snprintf(text, sizeof text, "#!%s\n", inner);
    write_file(inner, text, 0755);
    CHECK(files_of(text) == 0);
    CHECK(unlink(inner) == 0);
}

/* Of a script that the system has, where it has one. */
static void checks_the_interpreter_too(void)
{
    static const char *const scripts[] = {"/usr/bin/ldd", "/bin/egrep", "/usr/bin/egrep", "/bin/zcat", "/usr/bin/zcat"};
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        begin();
        candidate(scripts[i]);
        learn(0);
        if (known.file_count != 2)
            continue;
        const char *const argv[] = {scripts[i], "--version", NULL};
        struct plan plan;
        begin();
        candidate(scripts[i]);
        builder_argv(&builder, argv);
        CHECK(plan_open(builder.bytes, builder_finish(&builder), &plan) == 0);
        CHECK(known_program_is_same(&known, &plan));
        known.files[1].inode++;
        CHECK(!known_program_is_same(&known, &plan));
        known.files[1].inode--;
        return;
    }
}

static void is_not_certain_of_other_plans(void)
{
    know_true();
    for (int own = 0; own < 2; own++) {
        struct plan plan;
        begin();
        builder.head.flags |= own ? PLAN_PRIVATE_MEMORY : 0;
        candidate("/bin/true");
        builder_argv(&builder, true_argv);
        size_t size = builder_finish(&builder);
        CHECK(plan_open(builder.bytes, size, &plan) == 0);
        CHECK(certain_is_exec(&known, &plan, size, RUNG_CLONE3) == !own);
    }
    /* a descriptor that is closed */
    begin();
    builder_step(&builder, OP_DUP2, 700, 1, NULL, 0);
    candidate("/bin/true");
    CHECK(finish_start(true_argv) == 0 && !child.outlives);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == EBADF && outcome.op == OP_DUP2);
    spawn_close(&child);
    /* one that the child opens itself */
    begin();
    builder_step(&builder, OP_OPEN, 700, O_RDONLY, "/dev/null", 0);
    builder_step(&builder, OP_DUP2, 700, 701, NULL, 0);
    builder_step(&builder, OP_SET_BLOCKING, 701, 0, NULL, 0);
    candidate("/bin/true");
    CHECK(is_certain(true_argv));
    /* an environment that the kernel may refuse */
    static char large[98304];
    memset(large, 'x', sizeof large - 1);
    CHECK(setenv("FORKLESS_LARGE", large, 1) == 0);
    begin();
    builder.head.flags |= PLAN_ENVIRON;
    candidate("/bin/true");
    CHECK(!is_certain(true_argv));
    CHECK(unsetenv("FORKLESS_LARGE") == 0);
    begin();
    builder.head.flags |= PLAN_ENVIRON;
    candidate("/bin/true");
    CHECK(is_certain(true_argv));
}

/* ---- the working directory ------------------------------------------------------------------------------------ */

static void begin_stuck(const char *fifo)
{
    CHECK(mkfifo(fifo, 0600) == 0);
    begin();
    builder_step(&builder, OP_OPEN, 5, O_RDONLY, fifo, 0);
}

/* A FIFO opens at once for reading and writing, and then for all who wait. */
static void let_go(const char *fifo)
{
    int fd = open(fifo, O_RDWR | O_CLOEXEC);
    while (child.arena->task.progress <= 0)
        poll(NULL, 0, 1);
    CHECK(close(fd) == 0 && unlink(fifo) == 0);
}

static void know_sh(void)
{
    begin();
    candidate("/bin/sh");
    learn(0);
    CHECK(known.file_count == 1);
}

/* The numbers below HIGH are taken: what is opened next is above all slots. */
enum { HIGH = 300 };
static void fill_low_numbers(void)
{
    while (fcntl(0, F_DUPFD_CLOEXEC, 3) < HIGH) {
    }
}

static void free_low_numbers(const bool *taken)
{
    for (int fd = 3; fd <= HIGH; fd++)
        if (!taken[fd])
            close(fd);
}

/* The directory has a number that a child in the shared table does not keep. */
static void enters_a_directory_that_is_replaced(bool flat)
{
    const char *old = in_folder("old"), *new = in_folder("new"), *fifo = in_folder("fifo");
    spawn_force_shared_table(flat ? 1 : 2);
    uint64_t shares = spawn_shared_table_count();
    know_sh();
    CHECK(mkdir(old, 0700) == 0);
    begin_stuck(fifo);
    if (flat)
        builder.head.flags |= PLAN_ONLY_NAMED;
    bool taken[HIGH + 1];
    for (int fd = 0; fd <= HIGH; fd++)
        taken[fd] = fcntl(fd, F_GETFD) >= 0;
    fill_low_numbers();
    builder_step(&builder, OP_CHDIR, 0, 0, old, 0);
    candidate("/bin/sh");
    CHECK(finish_start((const char *[]){"sh", "-c", ": > here", NULL}) == 0 && child.outlives);
    CHECK(spawn_shared_table_count() - shares == (flat && spawn_rung() == 1));
    free_low_numbers(taken);
    CHECK(rename(old, new) == 0 && mkdir(old, 0700) == 0);
    let_go(fifo);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED && end_of_child() == 0);
    CHECK(rmdir(old) == 0);
    CHECK(chdir(new) == 0 && unlink("here") == 0 && chdir("/") == 0 && rmdir(new) == 0);
    spawn_force_shared_table(0);
}

/* A regular file must not be duplicated, and this caller may close it at once: the child needs a table of its own. */
static void shares_no_table_with_a_file_that_may_be_closed(void)
{
    int file = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    know_true();
    begin();
    builder.head.flags |= PLAN_ONLY_NAMED;
    builder_step(&builder, OP_DUP2, file, 0, NULL, 0);
    candidate("/bin/true");
    spawn_force_shared_table(1);
    uint64_t shares = spawn_shared_table_count();
    CHECK(is_certain(true_argv));
    CHECK(spawn_shared_table_count() == shares);
    spawn_force_shared_table(0);
    CHECK(close(file) == 0);
}

static void waits_for_a_directory_that_it_cannot_open(void)
{
    const char *file = in_folder("file");
    write_file(file, "", 0600);
    const struct {
        const char *path;
        int error;
    } wrong[] = {{"/no/such/directory", ENOENT}, {file, ENOTDIR}, {"", ENOENT}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        know_true();
        begin();
        builder_step(&builder, OP_CHDIR, 0, 0, wrong[i].path, 0);
        candidate("/bin/true");
        CHECK(finish_start(true_argv) == 0 && !child.outlives);
        CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == wrong[i].error);
        CHECK(outcome.step == 0 && outcome.op == OP_CHDIR);
        spawn_close(&child);
    }
    CHECK(unlink(file) == 0);
    /* one of two depends on the other */
    begin();
    builder_step(&builder, OP_CHDIR, 0, 0, "/", 0);
    builder_step(&builder, OP_CHDIR, 0, 0, "tmp", 0);
    candidate("/bin/true");
    CHECK(!is_certain(true_argv));
}

/* As a user who may not search it; for root there is no such directory. */
static void waits_for_a_directory_that_it_may_not_search(void)
{
    const char *locked = in_folder("locked");
    CHECK(mkdir(locked, 0600) == 0 && chmod(folder, 0755) == 0);
    fflush(NULL);
    pid_t other = fork();
    if (other == 0) {
        CHECK(geteuid() != 0 || setresuid(65534, 65534, 65534) == 0);
        know_true();
        CHECK(is_certain(true_argv));
        begin();
        builder_step(&builder, OP_CHDIR, 0, 0, locked, 0);
        candidate("/bin/true");
        CHECK(finish_start(true_argv) == 0 && !child.outlives);
        CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == EACCES && outcome.op == OP_CHDIR);
        _exit(0);
    }
    int status;
    CHECK(waitpid(other, &status, 0) == other && status == 0);
    CHECK(rmdir(locked) == 0);
}

/* Its number is the lowest that is free: just what a step may open, replace or sweep. */
static void keeps_the_directory_out_of_the_plan(void)
{
    know_sh();
    int lowest = dup(0);
    CHECK(close(lowest) == 0);
    begin();
    builder_step(&builder, OP_SWEEP, lowest, 0x7fffffff, NULL, 0);
    builder_step(&builder, OP_OPEN, lowest, O_RDONLY, "/dev/null", 0);
    builder_step(&builder, OP_CHDIR, 0, 0, folder, 0);
    candidate("/bin/sh");
    CHECK(is_certain((const char *[]){"sh", "-c", ": > here", NULL}));
    CHECK(unlink(in_folder("here")) == 0);
    CHECK(dup(0) == lowest && close(lowest) == 0);
}

/* ---- the child ------------------------------------------------------------------------------------------------ */

static void is_not_reaped_when_a_signal_ends_it_before_exec(void)
{
    siginfo_t info = {0};
    const char *fifo = in_folder("fifo");
    know_true();
    begin_stuck(fifo);
    candidate("/bin/true");
    CHECK(finish_start(true_argv) == 0 && child.outlives);
    CHECK(kill(child.pid, SIGKILL) == 0);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_DIED && outcome.signal == SIGKILL);
    CHECK(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOHANG | WNOWAIT | (int)__WALL) == 0 &&
          info.si_pid == child.pid);
    CHECK(end_of_child() == -SIGKILL);
    CHECK(unlink(fifo) == 0);
}

static void tells_a_late_failure(void)
{
    siginfo_t info = {0};
    char name[PATH_MAX];
    const char *folder_link = in_folder("bin"), *fifo = in_folder("fifo");
    snprintf(name, sizeof name, "%s/true", folder_link);
    CHECK(symlink("/bin", folder_link) == 0);
    begin();
    candidate(name);
    learn(0);
    begin_stuck(fifo);
    candidate(name);
    CHECK(finish_start(true_argv) == 0 && child.outlives);
    CHECK(unlink(folder_link) == 0);
    let_go(fifo);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_FAILED && outcome.error == ENOENT && outcome.op == OP_EXECVE);
    /* its pid is not free yet */
    CHECK(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOHANG | WNOWAIT | (int)__WALL) == 0 &&
          info.si_pid == child.pid);
    CHECK(end_of_child() == 127);
}

/* A process starts it and ends at once; the program must run all the same. */
static void outlives_its_parent(bool flat)
{
    const char *fifo = in_folder("fifo"), *mark = in_folder("mark");
    char script[160];
    snprintf(script, sizeof script, "echo > %s", mark);
    CHECK(mkfifo(mark, 0600) == 0);
    know_sh();
    begin_stuck(fifo);
    if (flat)
        builder.head.flags |= PLAN_ONLY_NAMED;
    candidate("/bin/sh");
    fflush(NULL);
    pid_t parent = fork();
    if (parent == 0) {
        spawn_force_shared_table(flat ? 1 : 2);
        _exit(finish_start((const char *[]){"sh", "-c", script, NULL}) == 0 && child.outlives ? 0 : 1);
    }
    int status;
    CHECK(waitpid(parent, &status, 0) == parent && status == 0);
    int go = open(fifo, O_RDWR | O_CLOEXEC), said = open(mark, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct pollfd ready = {said, POLLIN, 0};
    char text;
    CHECK(poll(&ready, 1, 20000) == 1 && read(said, &text, 1) == 1);
    CHECK(close(go) == 0 && close(said) == 0 && unlink(fifo) == 0 && unlink(mark) == 0);
}

/*
 * In the shared-table mode the child reports that it has left the table. Nobody reads that here: on one processor the
 * parent closes the pipe before the child runs, mostly.
 */
static void survives_that_nobody_reads_its_report(void)
{
    enum { ROUNDS = 20 };
    cpu_set_t before, one;
    CHECK(sched_getaffinity(0, sizeof before, &before) == 0);
    CPU_ZERO(&one);
    for (size_t cpu = 0; CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    spawn_force_shared_table(1);
    for (int round = 0; round < ROUNDS; round++) {
        know_true();
        builder.head.flags |= PLAN_ONLY_NAMED;
        CHECK(finish_start(true_argv) == 0 && child.outlives);
        CHECK(close(child.report_fd) == 0);
        child.report_fd = -1;
        CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED && end_of_child() == 0);
    }
    spawn_force_shared_table(0);
    CHECK(sched_setaffinity(0, sizeof before, &before) == 0);
}

/* Not on the lower rungs, before Linux 5.16, or where the files have just been written, as in a new container. */
static bool may_be_certain(void)
{
    struct utsname names;
    struct stat status;
    struct timespec now;
    CHECK(uname(&names) == 0);
    char *end;
    long major = strtol(names.release, &end, 10), minor = strtol(end + 1, NULL, 10);
    CHECK(stat("/bin/true", &status) == 0 && clock_gettime(CLOCK_REALTIME, &now) == 0);
    bool is_new = major > 5 || (major == 5 && minor >= 16);
    return is_new && spawn_rung() <= 2 && now.tv_sec - status.st_ctim.tv_sec >= 60;
}

static bool is_ever_certain(void)
{
    bool expected = may_be_certain();
    know_true();
    CHECK(finish_start(true_argv) == 0);
    bool certain = child.outlives;
    CHECK(child.arena->task.outlives == certain);
    CHECK(spawn_wait(&child, &outcome) == SPAWN_EXECED && end_of_child() == 0);
    CHECK(certain == expected);
    return certain;
}

void check_certain_starts(void)
{
    CHECK(mkdtemp(folder) != NULL);
    if (is_ever_certain()) {
        knows_a_program_that_it_has_execed();
        tells_which_candidate_was_execed();
        knows_it_by_all_names_up_to_its_own();
        knows_no_file_that_has_changed();
        knows_no_file_that_is_young();
        knows_the_interpreters_of_a_script();
        checks_the_interpreter_too();
        is_not_certain_of_other_plans();
        for (int flat = 0; flat < 2; flat++)
            enters_a_directory_that_is_replaced(flat);
        shares_no_table_with_a_file_that_may_be_closed();
        waits_for_a_directory_that_it_cannot_open();
        waits_for_a_directory_that_it_may_not_search();
        keeps_the_directory_out_of_the_plan();
        is_not_reaped_when_a_signal_ends_it_before_exec();
        tells_a_late_failure();
        for (int flat = 0; flat < 2; flat++)
            outlives_its_parent(flat);
        survives_that_nobody_reads_its_report();
    }
    CHECK(rmdir(folder) == 0);
}
