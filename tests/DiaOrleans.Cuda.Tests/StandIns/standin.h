/* Shared by the stand-ins: functions that are counted and answer "success". */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Counts a call; calls during the capture of a graph are also counted apart. Defined by the stand-in for the CUDA runtime. */
void standin_count(const char *kind, const char *name);

/* A function whose arguments do not matter: the caller passes them in registers or on its own stack. */
#define ANSWERS_ZERO(kind, name) int name(void) { standin_count(kind, #name); return 0; }

/* A function that gives a handle by its first argument. */
#define GIVES_HANDLE(name) int name(void **handle) { *handle = calloc(1, 64); return 0; }

#define FREES_HANDLE(name) int name(void *handle) { free(handle); return 0; }
