/*
 * A disk that fails when it is told to: preloaded into a program, it counts the calls that write or sync files under the folder
 * FAULT_UNDER, and lets the one fail that the file FAULT_CONTROL names. That file is shared memory: three numbers of 64 bits.
 * In the folder FAULT_SYNCED it keeps each of these files as it was when it was last synced: what a power loss leaves at least.
 * FAULT_LACKS names what the disk cannot do at all, as network drives: `locks`, or `mapping` of files that programs share.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

enum fault { NONE, FULL, SHORT, BROKEN, STAYS_FULL, DENIED };

struct control {
  int64_t fault;
  /* Calls until it fails: 1 is the next. */
  int64_t left;
  /* Calls that were counted. */
  int64_t seen;
};

static struct control *control;
static const char *under;
static const char *synced;
static const char *lacks;

__attribute__((constructor)) static void start(void) {
  const char *name = getenv("FAULT_CONTROL");
  under = getenv("FAULT_UNDER");
  synced = getenv("FAULT_SYNCED");
  lacks = getenv("FAULT_LACKS");
  if (name == NULL || under == NULL) return;
  int fd = open(name, O_RDWR);
  if (fd < 0) return;
  void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared != MAP_FAILED) control = shared;
  close(fd);
}

/* The path of a file under the folder. */
static int is_watched_at(int fd, char path[4096]) {
  char link[64];
  if (under == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  if (length <= 0) return 0;
  path[length] = 0;
  return strncmp(path, under, strlen(under)) == 0;
}

static int is_watched(int fd) {
  char path[4096];
  return is_watched_at(fd, path);
}

/* The fault of this call. `writes`: it takes bytes, and does not sync them. */
static enum fault due(int fd, int writes) {
  if (control == NULL || control->fault == NONE || !is_watched(fd)) return NONE;
  enum fault fault = (enum fault)control->fault;
  if (!writes && fault != BROKEN) return NONE;
  __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  int64_t left = __atomic_sub_fetch(&control->left, 1, __ATOMIC_SEQ_CST);
  return left == 0 || ((fault == STAYS_FULL || fault == DENIED) && left < 0) ? fault : NONE;
}

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (real == NULL) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define FAIL(fault) \
  do { \
    errno = (fault) == BROKEN ? EIO : (fault) == DENIED ? EACCES : ENOSPC; \
    return -1; \
  } while (0)

/* In one step: a program that is killed meanwhile leaves the copy of the sync before. */
static void keep_synced(int fd) {
  char path[4096], part[8192], kept[8192], bytes[65536];
  if (synced == NULL || !is_watched_at(fd, path)) return;
  const char *name = strrchr(path, '/') + 1;
  snprintf(kept, sizeof kept, "%s/%s", synced, name);
  snprintf(part, sizeof part, "%s/%s.part", synced, name);
  int from = open(path, O_RDONLY);
  int to = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ssize_t count;
  while (from >= 0 && to >= 0 && (count = read(from, bytes, sizeof bytes)) > 0)
    if (write(to, bytes, (size_t)count) != count) break;
  close(from);
  close(to);
  rename(part, kept);
}

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  enum fault fault = due(fd, 1);
  if (fault == SHORT) return real(fd, bytes, count > 1 ? count / 2 : count);
  if (fault != NONE) FAIL(fault);
  return real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
  enum fault fault = due(fd, 1);
  if (fault == SHORT) return real(fd, bytes, count > 1 ? count / 2 : count, at);
  if (fault != NONE) FAIL(fault);
  return real(fd, bytes, count, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
  enum fault fault = due(fd, 1);
  if (fault == SHORT) return real(fd, bytes, count > 1 ? count / 2 : count, at);
  if (fault != NONE) FAIL(fault);
  return real(fd, bytes, count, at);
}

int fsync(int fd) {
  REAL(int, fsync, int);
  enum fault fault = due(fd, 0);
  if (fault != NONE) FAIL(fault);
  int failed = real(fd);
  if (failed == 0) keep_synced(fd);
  return failed;
}

int fdatasync(int fd) {
  REAL(int, fdatasync, int);
  enum fault fault = due(fd, 0);
  if (fault != NONE) FAIL(fault);
  int failed = real(fd);
  if (failed == 0) keep_synced(fd);
  return failed;
}

int ftruncate(int fd, off_t length) {
  REAL(int, ftruncate, int, off_t);
  enum fault fault = due(fd, 1);
  if (fault != NONE && fault != SHORT) FAIL(fault);
  return real(fd, length);
}

int ftruncate64(int fd, off64_t length) {
  REAL(int, ftruncate64, int, off64_t);
  enum fault fault = due(fd, 1);
  if (fault != NONE && fault != SHORT) FAIL(fault);
  return real(fd, length);
}

/* Names are synced at once, as by a file system that keeps a log of them. */
int unlink(const char *path) {
  REAL(int, unlink, const char *);
  char kept[8192];
  if (synced != NULL && under != NULL && strncmp(path, under, strlen(under)) == 0) {
    snprintf(kept, sizeof kept, "%s/%s", synced, strrchr(path, '/') + 1);
    real(kept);
  }
  return real(path);
}

static int is_lacking(const char *what, int fd) { return lacks != NULL && strcmp(lacks, what) == 0 && is_watched(fd); }

/* Whether the permission to write it is gone: a network drive asks at each write, a disk of this machine when a file is opened. */
static int is_denied(const char *path, int flags) {
  if (control == NULL || control->fault != DENIED || __atomic_load_n(&control->left, __ATOMIC_SEQ_CST) > 0) return 0;
  if ((flags & O_ACCMODE) == O_RDONLY && (flags & O_CREAT) == 0) return 0;
  return under != NULL && strncmp(path, under, strlen(under)) == 0;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(int, name, const char *, int, ...); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0; \
    va_end(more); \
    if (is_denied(path, flags)) FAIL(DENIED); \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define FCNTL(name) \
  int name(int fd, int command, ...) { \
    REAL(int, name, int, int, ...); \
    va_list more; \
    va_start(more, command); \
    void *argument = va_arg(more, void *); \
    va_end(more); \
    if ((command == F_SETLK || command == F_SETLKW) && is_lacking("locks", fd)) { \
      errno = ENOLCK; \
      return -1; \
    } \
    return real(fd, command, argument); \
  }
FCNTL(fcntl)
FCNTL(fcntl64)

#define MMAP(name, offset) \
  void *name(void *address, size_t length, int protection, int flags, int fd, offset at) { \
    REAL(void *, name, void *, size_t, int, int, int, offset); \
    if (fd >= 0 && (flags & MAP_SHARED) != 0 && is_lacking("mapping", fd)) { \
      errno = ENODEV; \
      return MAP_FAILED; \
    } \
    return real(address, length, protection, flags, fd, at); \
  }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)
