/* Stand-in for libcurand.so.10: the CUDA provider is linked with it and calls nothing of it here. */
int curand_is_not_called(void) { return 0; }
