/* The list, and what happens to a call that is not on it: the kernel sends SIGSYS in its place, so that it can be told
 * of in the log, and the handler gives the failure back. */
#include "collector/ops/calls.h"
#include "base/lang.h"
#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

/* Where the kernel looks for the result of a call that a handler stands in for. Elsewhere it is refused in silence. */
#if defined(__x86_64__)
#define RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#elif defined(__aarch64__)
#define RESULT(context) ((context)->uc_mcontext.regs[0])
#elif defined(__riscv) && __riscv_xlen == 64
#define RESULT(context) ((context)->uc_mcontext.__gregs[REG_A0])
#endif
#ifdef RESULT
#define REFUSAL SCMP_ACT_TRAP
#else
#define REFUSAL SCMP_ACT_ERRNO(EPERM)
#endif

/* By name, since not every architecture has each; those that a machine lacks make no rule. */
static const char calls[] =
    /* files, of which Landlock says which */
    "openat open close read write pread64 pwrite64 readv writev lseek _llseek fcntl fcntl64 flock fsync fdatasync "
    "ftruncate ftruncate64 fallocate fchmod fchown fchown32 unlink unlinkat rename renameat renameat2 link linkat "
    "stat lstat fstat newfstatat stat64 lstat64 fstat64 fstatat64 statx statfs fstatfs statfs64 fstatfs64 access "
    "faccessat faccessat2 readlink readlinkat getcwd "
    /* memory, but none that code could run from (below) */
    "brk munmap mremap madvise mlock munlock "
    /* connections that come in */
    "accept4 recvfrom recvmsg recv sendto sendmsg send sendfile sendfile64 shutdown setsockopt getsockopt getsockname "
    "getpeername epoll_wait epoll_pwait epoll_ctl poll ppoll ppoll_time64 "
    /* waiting, and what time it is where the kernel must be asked */
    "futex futex_time64 nanosleep clock_nanosleep clock_nanosleep_time64 clock_gettime clock_gettime64 clock_getres "
    "gettimeofday time sched_yield restart_syscall "
    /* signals to itself: some are waited for, some have a handler */
    "rt_sigtimedwait rt_sigtimedwait_time64 rt_sigprocmask rt_sigaction rt_sigreturn sigreturn sigaltstack "
    /* about itself: randomness, who it is, how much memory there is (qsort asks) */
    "getrandom getpid gettid getuid geteuid getgid getegid sysinfo sched_getaffinity getrusage "
    /* the first steps of threads that were started a moment ago, and the end */
    "set_robust_list rseq exit exit_group "
#ifdef BURGERPANEL_INSTRUMENTED
    /* sanitizers look at the process from outside it when it ends, and coverage is written then */
    "clone wait4 ptrace prctl getppid kill tkill getdents getdents64 mkdir pipe pipe2 dup2 process_vm_readv getrlimit "
    "prlimit64 "
    "uname arch_prctl ioctl "
#endif
    ;

/* A store in PostgreSQL is reached anew after each time that it was away, and a table has a connection of its own. */
static const char calls_out[] = "socket connect bind sendmmsg recvmmsg ioctl uname getppid ";

#define CALL_NAME_SIZE 32

/* A refused call. */

#define CALLS_MAX 512
static atomic_bool told[CALLS_MAX]; /* by number; the last stands for all from there on */

/* Nothing here takes a lock or memory: the call may have come from anywhere. */
static void tell_refused(unsigned call)
{
    static const char before[] = "error sandbox: system call number ";
    static const char after[] = " was refused\n";
    char line[sizeof before + sizeof after + 10], digits[10];
    size_t len = sizeof before - 1, count = 0;
    memcpy(line, before, len);
    do
        digits[count++] = (char)('0' + call % 10);
    while ((call /= 10) > 0);
    while (count > 0)
        line[len++] = digits[--count];
    memcpy(line + len, after, sizeof after - 1);
    (void)!write(STDERR_FILENO, line, len + sizeof after - 1);
}

#ifdef RESULT
static void refuse_call(int signal, siginfo_t *info, void *context)
{
    int kept = errno;
    unsigned call = (unsigned)info->si_syscall;
    (void)signal;
    if (!atomic_exchange(&told[call < CALLS_MAX ? call : CALLS_MAX - 1], true))
        tell_refused(call);
    RESULT((ucontext_t *)context) = -EPERM;
    errno = kept;
}
#endif

static int handle_refusals(void)
{
#ifdef RESULT
    const struct sigaction action = {.sa_sigaction = refuse_call, .sa_flags = SA_SIGINFO | SA_NODEFER};
    return sigaction(SIGSYS, &action, NULL);
#else
    (void)tell_refused;
    return 0;
#endif
}

/* The filter. */

/* Each gives 0, or what libseccomp fails with: a negative errno. */
static int allow_listed(scmp_filter_ctx filter, const char *list)
{
    int result = 0;
    for (const char *at = list; *at != '\0' && result == 0; at += strspn(at, " ")) {
        char name[CALL_NAME_SIZE];
        int len = (int)strcspn(at, " ");
        snprintf(name, sizeof name, "%.*s", len, at);
        int number = seccomp_syscall_resolve_name(name);
        result = number == __NR_SCMP_ERROR ? -ENOSYS : seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
        at += len;
    }
    return result;
}

static int allow_data_memory(scmp_filter_ctx filter)
{
    static const int makers[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
    int result = 0;
    for (size_t i = 0; i < sizeof makers / sizeof *makers && result == 0; i++)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, makers[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return result;
}

static int build_filter(scmp_filter_ctx filter, bool reaches_out)
{
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* found by halving, not one by one */
    if (result == 0)
        result = allow_listed(filter, calls);
    if (result == 0 && reaches_out)
        result = allow_listed(filter, calls_out);
    if (result == 0)
        result = allow_data_memory(filter);
    if (result == 0) /* abort(3) */
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    return result;
}

int calls_restrict(bool reaches_out, struct error *error)
{
    scmp_filter_ctx filter = seccomp_init(REFUSAL);
    int result = filter ? build_filter(filter, reaches_out) : -ENOMEM;
    if (result == 0)
        result = handle_refusals() < 0 ? -errno : seccomp_load(filter);
    seccomp_release(filter);
    if (result == 0)
        return 0;
    errno = -result;
    return error_from_errno(error, T("system calls can't be refused", "systeemaanroepen kunnen niet geweigerd worden"));
}
