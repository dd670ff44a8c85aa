/* What this CPU and its operating system can run. */
#ifndef CNN_CPU_H
#define CNN_CPU_H

int cnn_cpu_has_avx2(void);   /* AVX2 and FMA */
int cnn_cpu_has_avx512(void);
int cnn_cpu_has_avx512vnni(void); /* those and VNNI */ /* F, BW, VL, DQ and FMA */

#endif
