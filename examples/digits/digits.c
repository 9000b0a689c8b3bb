/* Reads hand-drawn digits from a text file and prints each beside what the
 * compiled model takes it for. */
#include "digits.h" /* written by `tenon compile digits.onnx -o libdigits.so` */

#include <stdio.h>
#include <string.h>

static const char levels[] = ".:-=+*%#&@"; /* from paper to ink */

int main(int argc, char **argv) {
  FILE *file = fopen(argc > 1 ? argv[1] : "digits.txt", "r");
  tenon_error error = {0, "cannot read the file of digits"};
  tenon_context *context = file ? digits_open(NULL, &error) : NULL;
  float image[28 * 28], scores[10];
  char line[64];
  int label, wrong = 0;
  while (context && fgets(line, sizeof line, file) &&
         sscanf(line, "%d", &label) == 1) {
    for (int y = 0; y < 28 && fgets(line, sizeof line, file); ++y) {
      for (int x = 0; x < 28; ++x)
        image[y * 28 + x] =
            255.0f / 9.0f * (float)(strchr(levels, line[x]) - levels);
      printf("%s", line);
    }
    if (digits_run(context, image, scores, &error) != TENON_OK)
      break;
    int best = 0;
    for (int i = 1; i < 10; ++i)
      best = scores[i] > scores[best] ? i : best;
    printf("drawn as %d, read as %d\n\n", label, best);
    wrong += best != label;
  }
  if (!context || error.status != TENON_OK)
    return fprintf(stderr, "digits: %s\n", error.message), 2;
  digits_close(context);
  return wrong != 0;
}
