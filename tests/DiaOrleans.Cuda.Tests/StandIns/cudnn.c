/* Stand-in for libcudnn.so.9: convolutions compute nothing, and there is no attention. */
#include "standin.h"
size_t cudnnGetVersion(void) { return 91100; }
const char *cudnnGetErrorString(int error) { return "an error of the stand-in"; }
void cudnnGetLastErrorString(char *message, size_t size) { if (size) message[0] = 0; }
int cudnnGetConvolutionForwardWorkspaceSize(void *h, void *x, void *w, void *c, void *y, int algorithm, size_t *bytes) { *bytes = 0; return 0; }
int cudnnGetConvolutionForwardAlgorithm_v7(void *h, void *x, void *w, void *c, void *y, int wanted, int *found, void *results) {
  *found = 1;
  memset(results, 0, 64);
  return 0;
}
int cudnnFindConvolutionForwardAlgorithmEx(void *h, void *x, void *xs, void *w, void *ws, void *c, void *y, void *ys, int n, int *found, void *results) {
  *found = 1;
  memset(results, 0, 64);
  return 0;
}
ANSWERS_ZERO("launch", cudnnActivationForward)
ANSWERS_ZERO("launch", cudnnAddTensor)
int cudnnBackendCreateDescriptor(void) { return 0; }
int cudnnBackendDestroyDescriptor(void) { return 0; }
int cudnnBackendExecute(void) { return 0; }
int cudnnBackendFinalize(void) { return 0; }
int cudnnBackendGetAttribute(void) { return 0; }
int cudnnBackendSetAttribute(void) { return 0; }
ANSWERS_ZERO("launch", cudnnBatchNormalizationForwardInference)
ANSWERS_ZERO("launch", cudnnBatchNormalizationForwardTraining)
ANSWERS_ZERO("launch", cudnnConvolutionBiasActivationForward)
ANSWERS_ZERO("launch", cudnnConvolutionForward)
GIVES_HANDLE(cudnnCreate)
GIVES_HANDLE(cudnnCreateActivationDescriptor)
GIVES_HANDLE(cudnnCreateConvolutionDescriptor)
GIVES_HANDLE(cudnnCreateDropoutDescriptor)
GIVES_HANDLE(cudnnCreateFilterDescriptor)
GIVES_HANDLE(cudnnCreateLRNDescriptor)
GIVES_HANDLE(cudnnCreatePoolingDescriptor)
GIVES_HANDLE(cudnnCreateRNNDataDescriptor)
GIVES_HANDLE(cudnnCreateRNNDescriptor)
GIVES_HANDLE(cudnnCreateReduceTensorDescriptor)
GIVES_HANDLE(cudnnCreateTensorDescriptor)
int cudnnDeriveBNTensorDescriptor(void) { return 0; }
FREES_HANDLE(cudnnDestroy)
FREES_HANDLE(cudnnDestroyActivationDescriptor)
FREES_HANDLE(cudnnDestroyConvolutionDescriptor)
FREES_HANDLE(cudnnDestroyDropoutDescriptor)
FREES_HANDLE(cudnnDestroyFilterDescriptor)
FREES_HANDLE(cudnnDestroyLRNDescriptor)
FREES_HANDLE(cudnnDestroyPoolingDescriptor)
FREES_HANDLE(cudnnDestroyRNNDataDescriptor)
FREES_HANDLE(cudnnDestroyRNNDescriptor)
FREES_HANDLE(cudnnDestroyReduceTensorDescriptor)
FREES_HANDLE(cudnnDestroyTensorDescriptor)
ANSWERS_ZERO("launch", cudnnDropoutGetStatesSize)
int cudnnGetRNNTempSpaceSizes(void) { return 0; }
int cudnnGetRNNWeightParams(void) { return 0; }
int cudnnGetReductionIndicesSize(void) { return 0; }
int cudnnGetReductionWorkspaceSize(void) { return 0; }
int cudnnGetStream(void) { return 0; }
int cudnnGetTensorNdDescriptor(void) { return 0; }
ANSWERS_ZERO("launch", cudnnLRNCrossChannelForward)
ANSWERS_ZERO("launch", cudnnPoolingForward)
ANSWERS_ZERO("launch", cudnnRNNForward)
ANSWERS_ZERO("launch", cudnnReduceTensor)
int cudnnSetActivationDescriptor(void) { return 0; }
int cudnnSetConvolutionGroupCount(void) { return 0; }
int cudnnSetConvolutionMathType(void) { return 0; }
int cudnnSetConvolutionNdDescriptor(void) { return 0; }
int cudnnSetDropoutDescriptor(void) { return 0; }
int cudnnSetFilterNdDescriptor(void) { return 0; }
int cudnnSetLRNDescriptor(void) { return 0; }
int cudnnSetPoolingNdDescriptor(void) { return 0; }
int cudnnSetRNNDataDescriptor(void) { return 0; }
int cudnnSetRNNDescriptor_v8(void) { return 0; }
int cudnnSetReduceTensorDescriptor(void) { return 0; }
int cudnnSetStream(void) { return 0; }
int cudnnSetTensorNdDescriptor(void) { return 0; }
ANSWERS_ZERO("launch", cudnnSoftmaxForward)
