/* The vector instructions that this CPU and its operating system support. */
#ifndef CNN_CPU_H
#define CNN_CPU_H

int cnn_cpu_has_avx2(void);       /* AVX2 and FMA */
int cnn_cpu_has_avx512(void);     /* F, BW, VL, DQ and FMA */
int cnn_cpu_has_avx512vnni(void); /* those and VNNI */

#endif
