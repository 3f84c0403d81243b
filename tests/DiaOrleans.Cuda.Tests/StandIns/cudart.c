/* Stand-in for libcudart.so.13: the memory of the "GPUs" is memory of the host, and kernels compute nothing. It counts calls, and kernels by
   their names. Two GPUs of compute capability 9.0, with the multiprocessors of an H100. Structures are those of CUDA 13's headers. */
#include <pthread.h>
#include <stdio.h>
#include "standin.h"

typedef struct { unsigned x, y, z; } dim3;
typedef void *stream_t;

enum { MAX_COUNTS = 4096, KERNEL_SLOTS = 1 << 17, CAPTURE_ACTIVE = 1, PAGE = 4096, GPUS = 2, OUT_OF_MEMORY = 2, INVALID_DEVICE = 101 };

static struct { const char *kind, *name; long total, captured; } counts[MAX_COUNTS];
static int used_counts;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Graphs that any thread captures, and whether this one does. Calls of a thread in mode 0, global, would break the capture of another. */
static int capturing;
static __thread int capturing_here, mode, current;
static void *last_graph_stream;

/* Kernels by the address of their host function, as the compiler's start-up code registers them. */
static struct { const void *host; const char *name; } kernels[KERNEL_SLOTS];

void standin_count(const char *kind, const char *name) {
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < used_counts && (strcmp(counts[i].name, name) || strcmp(counts[i].kind, kind))) i++;
  if (i < MAX_COUNTS) {
    if (i == used_counts) {
      counts[i].kind = kind;
      counts[i].name = name;
      counts[i].total = counts[i].captured = 0;
      used_counts++;
    }
    counts[i].total++;
    counts[i].captured += capturing_here || (capturing && mode == 0);
  }
  pthread_mutex_unlock(&lock);
}

/* For the tests: forgets all counts. */
void standin_reset(void) { used_counts = 0; }

/* For the tests: a line for each counted call, kind TAB name TAB calls TAB calls during a capture. Returns the number of bytes. */
int standin_report(char *text, int size) {
  int length = 0;
  for (int i = 0; i < used_counts && length < size; i++)
    length += snprintf(text + length, size - length, "%s\t%s\t%ld\t%ld\n", counts[i].kind, counts[i].name, counts[i].total, counts[i].captured);
  return length < size ? length : size;
}

/* For the tests: the stream of the last launch of a graph. */
void *standin_graph_stream(void) { return last_graph_stream; }

static unsigned kernel_slot(const void *host) {
  unsigned slot = (unsigned)(((uintptr_t)host >> 4) * 2654435761u) % KERNEL_SLOTS;
  while (kernels[slot].host && kernels[slot].host != host) slot = (slot + 1) % KERNEL_SLOTS;
  return slot;
}

static int launch(const void *kernel, stream_t stream) {
  const char *name = kernels[kernel_slot(kernel)].name;
  standin_count("launch", name ? name : "unknown kernel");
  if (!stream) standin_count("default stream", name ? name : "unknown kernel");
  return 0;
}

void **__cudaRegisterFatBinary(void *binary) { static void *handle; return &handle; }
void __cudaRegisterFatBinaryEnd(void **handle) {}
void __cudaUnregisterFatBinary(void **handle) {}
void __cudaRegisterVar(void) {}
void __cudaRegisterFunction(void **handle, const char *host, char *device, const char *name) {
  unsigned slot = kernel_slot(host);
  kernels[slot].host = host;
  kernels[slot].name = name;
}
int __cudaGetKernel(void **kernel, const void *host) { *kernel = (void *)host; return 0; }
/* The first members of cudaLaunchConfig_t. */
static __thread struct configuration { dim3 grid, block; size_t shared; stream_t stream; } pushed;
int __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, stream_t stream) {
  pushed = (struct configuration){grid, block, shared, stream};
  return 0;
}
int __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared, stream_t *stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared = pushed.shared;
  *stream = pushed.stream;
  return 0;
}
int __cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, stream_t stream) {
  return launch(kernel, stream);
}
int cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, stream_t stream) {
  return launch(kernel, stream);
}
int cudaLaunchCooperativeKernel(const void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, stream_t stream) {
  return launch(kernel, stream);
}
int cudaLaunchKernelExC(const struct configuration *configuration, const void *kernel) { return launch(kernel, configuration->stream); }
ANSWERS_ZERO("launch", cudaLaunchHostFunc)
GIVES_HANDLE(cudaLibraryLoadData)
int cudaLibraryGetKernel(void **kernel, void *library, const char *name) {
  void *host = calloc(1, 64);
  __cudaRegisterFunction(NULL, host, NULL, strdup(name));
  *kernel = host;
  return 0;
}
int cudaLibraryUnload(void *library) { return 0; }
int cudaKernelSetAttributeForDevice(void) { return 0; }
int cudaFuncSetAttribute(void) { return 0; }
int cudaFuncGetAttributes(void *attributes) { memset(attributes, 0, 96); return 0; }
int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks) { *blocks = 2; return 0; }

int cudaDriverGetVersion(int *version) { *version = 13000; return 0; }
int cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }
int cudaGetDriverEntryPointByVersion(const char *name, void **entry, unsigned version, unsigned long long flags, int *status) {
  *entry = NULL;
  if (status) *status = 1;
  return 0;
}
int cudaGetDeviceCount(int *count) { *count = GPUS; return 0; }
int cudaGetDevice(int *device) { *device = current; return 0; }
int cudaSetDevice(int device) {
  if (device < 0 || device >= GPUS) return INVALID_DEVICE;
  current = device;
  return 0;
}
int cudaThreadExchangeStreamCaptureMode(int *wanted) {
  int before = mode;
  mode = *wanted;
  *wanted = before;
  return 0;
}
int cudaGetLastError(void) { return 0; }
int cudaPeekAtLastError(void) { return 0; }
const char *cudaGetErrorString(int error) { return "an error of the stand-in"; }
const char *cudaGetErrorName(int error) { return "standin"; }

/* The first members of cudaDeviceProp. */
struct properties {
  char name[256], uuid[16], luid[8];
  unsigned node_mask;
  size_t global_memory, shared_per_block;
  int registers_per_block, warp_size;
  size_t pitch;
  int threads_per_block, block[3], grid[3];
  size_t constant_memory;
  int major, minor;
  size_t texture_alignment, texture_pitch;
  int multiprocessors;
};
int cudaGetDeviceProperties(void *into, int device) {
  struct properties p = {.name = "stand-in", .global_memory = 80ull << 30, .shared_per_block = 49152, .registers_per_block = 65536,
    .warp_size = 32, .pitch = 2147483647, .threads_per_block = 1024, .block = {1024, 1024, 64}, .grid = {2147483647, 65535, 65535},
    .constant_memory = 65536, .major = 9, .texture_alignment = 512, .texture_pitch = 32, .multiprocessors = 132};
  memset(into, 0, 800);
  memcpy(into, &p, sizeof p);
  return 0;
}
int cudaDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 1: *value = 1024; break;       /* threads per block */
    case 8: *value = 49152; break;      /* shared memory per block */
    case 10: *value = 32; break;        /* warp size */
    case 16: *value = 132; break;       /* multiprocessors */
    case 38: *value = 52428800; break;  /* L2 cache */
    case 39: *value = 2048; break;      /* threads per multiprocessor */
    case 75: *value = 9; break;         /* compute capability, major */
    case 76: *value = 0; break;         /* compute capability, minor */
    case 81: *value = 233472; break;    /* shared memory per multiprocessor */
    case 97: *value = 232448; break;    /* shared memory per block, opt in */
    default: *value = 1;
  }
  return 0;
}

static int allocate(const char *name, void **memory, size_t bytes) {
  standin_count("allocation", name);
  *memory = aligned_alloc(PAGE, (bytes + PAGE - 1) / PAGE * PAGE);
  return *memory || !bytes ? 0 : OUT_OF_MEMORY;
}
int cudaMalloc(void **memory, size_t bytes) { return allocate("cudaMalloc", memory, bytes); }
int cudaMallocFromPoolAsync(void **memory, size_t bytes) { return allocate("cudaMallocFromPoolAsync", memory, bytes); }
int cudaMallocHost(void **memory, size_t bytes) { return allocate("cudaMallocHost", memory, bytes); }
int cudaHostAlloc(void **memory, size_t bytes) { return allocate("cudaHostAlloc", memory, bytes); }
static int release(const char *name, void *memory) { standin_count("allocation", name); free(memory); return 0; }
int cudaFree(void *memory) { return release("cudaFree", memory); }
int cudaFreeAsync(void *memory) { return release("cudaFreeAsync", memory); }
int cudaFreeHost(void *memory) { return release("cudaFreeHost", memory); }
int cudaMemGetInfo(size_t *available, size_t *total) { *available = 79ull << 30; *total = 80ull << 30; return 0; }
GIVES_HANDLE(cudaMemPoolCreate)
FREES_HANDLE(cudaMemPoolDestroy)
int cudaMemPoolSetAttribute(void) { return 0; }
int cudaMemPoolTrimTo(void) { return 0; }
int cudaMemPoolGetAttribute(void *pool, int attribute, uint64_t *value) { *value = 0; return 0; }

static const char *const directions[] = {"host to host", "host to device", "device to host", "device to device", "default"};
static int copy(const char *kind, void *to, const void *from, size_t bytes, int direction) {
  standin_count(kind, directions[direction]);
  memmove(to, from, bytes);
  return 0;
}
int cudaMemcpy(void *to, const void *from, size_t bytes, int direction) { return copy("waiting copy", to, from, bytes, direction); }
int cudaMemcpyAsync(void *to, const void *from, size_t bytes, int direction) { return copy("copy", to, from, bytes, direction); }
int cudaMemcpy2DAsync(char *to, size_t to_pitch, const char *from, size_t from_pitch, size_t width, size_t height, int direction) {
  standin_count("copy", directions[direction]);
  for (size_t row = 0; row < height; row++) memmove(to + row * to_pitch, from + row * from_pitch, width);
  return 0;
}
int cudaMemcpyFromSymbol(void *to, const void *symbol, size_t bytes) { memset(to, 0, bytes); return 0; }
int cudaMemset(void *memory, int value, size_t bytes) { standin_count("set", "cudaMemset"); memset(memory, value, bytes); return 0; }
int cudaMemsetAsync(void *memory, int value, size_t bytes) { standin_count("set", "cudaMemsetAsync"); memset(memory, value, bytes); return 0; }
struct pointer_attributes { int type, device; void *on_device, *on_host; };
int cudaPointerGetAttributes(struct pointer_attributes *attributes, const void *pointer) {
  memset(attributes, 0, sizeof *attributes);
  attributes->type = 2;
  attributes->on_device = (void *)pointer;
  return 0;
}

GIVES_HANDLE(cudaStreamCreate)
GIVES_HANDLE(cudaStreamCreateWithFlags)
FREES_HANDLE(cudaStreamDestroy)
GIVES_HANDLE(cudaEventCreate)
GIVES_HANDLE(cudaEventCreateWithFlags)
FREES_HANDLE(cudaEventDestroy)
int cudaEventRecord(void) { return 0; }
int cudaEventRecordWithFlags(void) { return 0; }
int cudaEventElapsedTime(float *milliseconds) { *milliseconds = 0.01f; return 0; }
int cudaStreamWaitEvent(void) { return 0; }
ANSWERS_ZERO("wait", cudaDeviceSynchronize)
ANSWERS_ZERO("wait", cudaEventSynchronize)
ANSWERS_ZERO("wait", cudaStreamSynchronize)

int cudaStreamIsCapturing(stream_t stream, int *status) { *status = capturing_here ? CAPTURE_ACTIVE : 0; return 0; }
int cudaStreamBeginCapture(stream_t stream, int capture_mode) {
  standin_count("graph", "cudaStreamBeginCapture");
  capturing_here = 1;
  __atomic_add_fetch(&capturing, 1, __ATOMIC_SEQ_CST);
  return 0;
}
int cudaStreamEndCapture(stream_t stream, void **graph) {
  capturing_here = 0;
  __atomic_sub_fetch(&capturing, 1, __ATOMIC_SEQ_CST);
  standin_count("graph", "cudaStreamEndCapture");
  *graph = calloc(1, 64);
  return 0;
}
int cudaGraphInstantiate(void **instance, void *graph) { *instance = calloc(1, 64); return 0; }
FREES_HANDLE(cudaGraphDestroy)
FREES_HANDLE(cudaGraphExecDestroy)
int cudaGraphLaunch(void *instance, stream_t stream) {
  standin_count("graph", "cudaGraphLaunch");
  last_graph_stream = stream;
  return 0;
}
