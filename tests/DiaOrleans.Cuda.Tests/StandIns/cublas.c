/* Stand-in for libcublas.so.13. */
#include "standin.h"
GIVES_HANDLE(cublasCreate_v2)
FREES_HANDLE(cublasDestroy_v2)
int cublasGetMathMode(void *handle, int *mode) { *mode = 0; return 0; }
int cublasSetMathMode(void) { return 0; }
int cublasSetStream_v2(void) { return 0; }
const char *cublasGetStatusName(int status) { return "standin"; }
const char *cublasGetStatusString(int status) { return "an error of the stand-in"; }
ANSWERS_ZERO("launch", cublasDgeam)
ANSWERS_ZERO("launch", cublasDgemmBatched)
ANSWERS_ZERO("launch", cublasDgemmStridedBatched)
ANSWERS_ZERO("launch", cublasDgemm_v2)
ANSWERS_ZERO("launch", cublasDgetrfBatched)
ANSWERS_ZERO("launch", cublasDgetriBatched)
ANSWERS_ZERO("launch", cublasGemmBatchedEx)
ANSWERS_ZERO("launch", cublasGemmEx)
ANSWERS_ZERO("launch", cublasGemmStridedBatchedEx)
ANSWERS_ZERO("launch", cublasScopy_v2)
ANSWERS_ZERO("launch", cublasSgeam)
ANSWERS_ZERO("launch", cublasSgemmBatched)
ANSWERS_ZERO("launch", cublasSgemmStridedBatched)
ANSWERS_ZERO("launch", cublasSgemm_v2)
ANSWERS_ZERO("launch", cublasSgetrfBatched)
ANSWERS_ZERO("launch", cublasSgetriBatched)
ANSWERS_ZERO("launch", cublasSscal_v2)
