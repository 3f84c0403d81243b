/* Stand-in for libcublasLt.so.13. */
#include "standin.h"
GIVES_HANDLE(cublasLtCreate)
FREES_HANDLE(cublasLtDestroy)
ANSWERS_ZERO("launch", cublasLtMatmul)
int cublasLtMatmulAlgoConfigSetAttribute(void) { return 0; }
int cublasLtMatmulAlgoGetHeuristic(void) { return 0; }
int cublasLtMatmulAlgoInit(void) { return 0; }
GIVES_HANDLE(cublasLtMatmulDescCreate)
FREES_HANDLE(cublasLtMatmulDescDestroy)
int cublasLtMatmulDescSetAttribute(void) { return 0; }
GIVES_HANDLE(cublasLtMatmulPreferenceCreate)
FREES_HANDLE(cublasLtMatmulPreferenceDestroy)
int cublasLtMatmulPreferenceSetAttribute(void) { return 0; }
GIVES_HANDLE(cublasLtMatrixLayoutCreate)
FREES_HANDLE(cublasLtMatrixLayoutDestroy)
int cublasLtMatrixLayoutSetAttribute(void) { return 0; }
ANSWERS_ZERO("launch", cublasLtMatrixTransform)
GIVES_HANDLE(cublasLtMatrixTransformDescCreate)
FREES_HANDLE(cublasLtMatrixTransformDescDestroy)
