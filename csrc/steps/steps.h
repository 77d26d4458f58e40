/*
 * The functions of the steps, as core/steps.def calls them. Each returns 0 or -errno. They run in the child, so the
 * rules at the head of core/child.c apply. They may include the headers of the kernel, and of core only plan.h,
 * report.h and sys.h.
 */
#ifndef FORKLESS_STEPS_H
#define FORKLESS_STEPS_H

#include "../core/report.h"

/* Hidden: calls within one object need no table of addresses, which only a loader could fill. */
#pragma GCC visibility push(hidden)

/* descriptors.c */
int step_open(struct child_state *child, int fd, const char *path, int flags, uint32_t mode);
int step_dup2(struct child_state *child, int fd, int new_fd);
int step_close(const struct child_state *child, int fd);
int step_inherit(const struct child_state *child, int fd);
int step_keep_if_open(const struct child_state *child, int fd);
int step_save(struct child_state *child, int fd);
int step_restore(struct child_state *child, int new_fd);
int step_set_blocking(const struct child_state *child, int fd);
int step_chdir(const char *path);
int step_fchdir(const struct child_state *child, int fd);
int step_exec_fd(struct child_state *child, int fd);

/* closing.c */
int close_number(int fd);
int step_sweep(const struct child_state *child, int low, int high);

/* terminal.c */
int step_setsid(void);
int step_setpgid(int group);
int step_tcsetpgrp(const struct child_state *child, int fd);
int step_ctty(const struct child_state *child, int fd);
int step_noctty(void);

/* trace.c */
int step_trace_me(void);

/* root.c */
int step_chroot(const char *path);
int step_check_cwd(void);

/* ids.c */
int step_reset_ids(void);
int step_setgroups(const uint32_t *list);
int step_drop_groups_if_allowed(void);
int step_setgid(uint32_t gid);
int step_setuid(uint32_t uid);

/* parent.c */
int step_pdeathsig(struct child_state *child, int signal);

/* limits.c. `given`: bit 0 for the soft limit, bit 1 for the hard one. */
int step_umask(int mask);
int step_nice(int nice);
int step_rlimit(int resource, uint32_t given, const uint64_t *limits);
int step_setscheduler(int policy, int priority);
int step_setparam(int priority);

/* scheduling.c. `mask`: a bit for each CPU or node. */
int step_reset_on_fork(void);
int step_affinity(const uint32_t *mask);
int step_io_priority(int priority);
int step_numa_policy(int mode, const uint32_t *mask);

/* process.c */
int step_timer_slack(uint64_t nanoseconds);
int step_securebits(uint32_t bits);
int step_no_new_privs(void);
int step_personality(uint32_t personality);
int step_child_subreaper(void);

/* label.c. `blob`: struct lsm_ctx of lsm_set_self_attr(2), with the label. */
int step_apparmor(const uint32_t *blob);
int step_selinux(const uint32_t *blob);
/* environment.c */
int step_listen_pid(const char *const *envp);
/* placement.c */
int step_join_cgroup(const char *path);
int step_join_cgroup_fd(const struct child_state *child, int fd);
int step_oom_score_adj(int score);
int step_coredump_filter(int filter);

/* memory.c */
int step_transparent_huge_pages(int allowed);
int step_memory_merge(int wanted);

/* capabilities.c */
int step_join_keyring(void);
int step_capability_keep(void);
int step_capability_bounding(uint64_t wanted);
int step_capability_inheritable(uint64_t wanted);
int step_capability_ambient(uint64_t wanted);
int step_capability_lower(void);

#pragma GCC visibility pop

#endif
