/* Preloaded into a process: its n-th fsync or fdatasync (n from FSYNC_FAILS; 0: each one) fails with EIO, as a dying disk would. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static int calls;

static int broken(void) {
    const char *nth = getenv("FSYNC_FAILS");
    if (nth == NULL || (++calls != atoi(nth) && atoi(nth) != 0)) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd) { return broken() ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return broken() ? -1 : (int)syscall(SYS_fdatasync, fd); }
