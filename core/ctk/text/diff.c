/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/text/diff.h"

#define CONTEXT 3
#define EDITS_MAX                                                                 \
  2048 /* lines removed and added that are looked for; memory grows by its square \
        */
#define WORK_MAX (1 << 28) /* bytes compared */

#define COLOUR_HEADER "\033[1m"
#define COLOUR_HUNK "\033[36m"
#define COLOUR_REMOVED "\033[31m"
#define COLOUR_ADDED "\033[32m"
#define COLOUR_END "\033[0m"

/* A line with its end, if it has one. */
struct line {
  const char *start;
  size_t length;
};

struct side {
  struct line *lines; /* owned */
  bool *changed;      /* by line: removed, or added; owned */
  size_t count;
};

struct diff {
  struct side left, right;
  size_t skipped; /* lines that both begin with */
  size_t work;    /* bytes that were compared */
};

static void cleanup_diffp(struct diff *diff)
{
  free(diff->left.lines);
  free(diff->left.changed);
  free(diff->right.lines);
  free(diff->right.changed);
}

#define cleanup_diff __attribute__((cleanup(cleanup_diffp)))

/* --- lines --------------------------------------------------------------------------------- */

static size_t line_length(const char *start)
{
  const char *end = strchr(start, '\n');
  return end != NULL ? (size_t)(end - start) + 1 : strlen(start);
}

static struct side split(const char *text)
{
  struct side side = {.count = 0};
  size_t capacity = 0;
  while (text != NULL && *text != '\0') {
    if (side.count == capacity) {
      capacity = 2 * capacity + 64;
      side.lines = xrealloc_array(side.lines, capacity, sizeof(*side.lines));
    }
    struct line line = {.start = text, .length = line_length(text)};
    side.lines[side.count++] = line;
    text += line.length;
  }
  side.changed = xcalloc(side.count + 1, sizeof(*side.changed));
  return side;
}

static bool is_equal(struct diff *diff, size_t left, size_t right)
{
  const struct line *before = &diff->left.lines[left], *after = &diff->right.lines[right];
  diff->work += before->length;
  return before->length == after->length &&
         memcmp(before->start, after->start, before->length) == 0;
}

/* --- the shortest edit ---------------------------------------------------------------------- */

/*
 * E. Myers, "An O(ND) difference algorithm": a point (x, y) is reached when x old lines were gone
 * over and y new ones. Steps to the right remove, steps down add, diagonals are equal lines and
 * free. reach[d] holds, for each diagonal k = x - y from -d to d, how far right one comes with d
 * edits.
 */
struct search {
  struct diff *diff;
  int *reach[EDITS_MAX + 1]; /* each owned */
  int left, right;           /* lines that are searched, behind the skipped ones */
};

static void cleanup_searchp(const struct search *search)
{
  for (int d = 0; d <= EDITS_MAX && search->reach[d] != NULL; d++)
    free(search->reach[d]);
}

#define cleanup_search __attribute__((cleanup(cleanup_searchp)))

/* Of diagonal k after d edits; it is odd where d is. */
static int *reach_of(const struct search *search, int d, int k)
{
  return &search->reach[d][(k + d) / 2];
}

/* Is the last of d edits on diagonal k the addition of a line? */
static bool comes_from_above(const struct search *search, int d, int k)
{
  return k == -d || (k != d && *reach_of(search, d - 1, k - 1) < *reach_of(search, d - 1, k + 1));
}

/* Where diagonal k is entered by its d-th edit. */
static int entry_of(const struct search *search, int d, int k)
{
  if (d == 0)
    return 0;
  return comes_from_above(search, d, k) ? *reach_of(search, d - 1, k + 1)
                                        : *reach_of(search, d - 1, k - 1) + 1;
}

static int slide(const struct search *search, int x, int k)
{
  size_t skipped = search->diff->skipped;
  while (x < search->left && x - k < search->right &&
         is_equal(search->diff, skipped + (size_t)x, skipped + (size_t)(x - k)))
    x++;
  return x;
}

/* Returns how many edits lead to the end; -1 if it costs too much to find out. */
static int find_edits(struct search *search)
{
  for (int d = 0; d <= EDITS_MAX && search->diff->work < WORK_MAX; d++) {
    search->reach[d] = xcalloc((size_t)d + 1, sizeof(int));
    for (int k = -d; k <= d; k += 2) {
      int x = entry_of(search, d, k);
      if (x <= search->left && x - k <= search->right)
        x = slide(search, x, k);
      *reach_of(search, d, k) = x;
      if (x == search->left && x - k == search->right)
        return d;
    }
  }
  return -1;
}

/* Walks back from the end and marks the lines of each edit. */
static void mark_edits(const struct search *search, int edits)
{
  size_t skipped = search->diff->skipped;
  int k = search->left - search->right;
  for (int d = edits; d > 0; d--) {
    int x = entry_of(search, d, k), y = x - k;
    if (comes_from_above(search, d, k)) {
      search->diff->right.changed[skipped + (size_t)y - 1] = true;
      k++;
    } else {
      search->diff->left.changed[skipped + (size_t)x - 1] = true;
      k--;
    }
  }
}

/* What both begin and end with is the same; between, the shortest edit or all. */
static void compare(struct diff *diff)
{
  size_t left = diff->left.count, right = diff->right.count;
  while (diff->skipped < left && diff->skipped < right &&
         is_equal(diff, diff->skipped, diff->skipped))
    diff->skipped++;
  while (left > diff->skipped && right > diff->skipped && is_equal(diff, left - 1, right - 1)) {
    left--;
    right--;
  }
  diff->work = 0;

  int edits = -1;
  cleanup_search struct search search = {.diff = diff};
  if (left < INT32_MAX / 2 && right < INT32_MAX / 2) {
    search.left = (int)(left - diff->skipped);
    search.right = (int)(right - diff->skipped);
    edits = find_edits(&search);
  }
  if (edits >= 0) {
    mark_edits(&search, edits);
    return;
  }
  memset(diff->left.changed + diff->skipped, true, left - diff->skipped);
  memset(diff->right.changed + diff->skipped, true, right - diff->skipped);
}

/* --- printing ------------------------------------------------------------------------------ */

/* Lines [start, end) of each side. */
struct hunk {
  size_t old_start, old_end, new_start, new_end;
};

/* Over an edit: what was removed, what was added. */
static void extend(const struct diff *diff, struct hunk *hunk)
{
  while (hunk->old_end < diff->left.count && diff->left.changed[hunk->old_end])
    hunk->old_end++;
  while (hunk->new_end < diff->right.count && diff->right.changed[hunk->new_end])
    hunk->new_end++;
}

static bool is_changed(const struct diff *diff, size_t left, size_t right)
{
  return (left < diff->left.count && diff->left.changed[left]) ||
         (right < diff->right.count && diff->right.changed[right]);
}

/* How many lines are equal from there on; counts to `limit`. */
static size_t count_equal(const struct diff *diff, size_t left, size_t right, size_t limit)
{
  size_t count = 0;
  while (count < limit && left + count < diff->left.count &&
         !is_changed(diff, left + count, right + count))
    count++;
  return count;
}

/* The first hunk behind `hunk`: edits with what stands around them. Two are one if no more lie
   between them than their contexts. */
static bool next_hunk(const struct diff *diff, struct hunk *hunk)
{
  size_t left = hunk->old_end, right = hunk->new_end;
  while (!is_changed(diff, left, right)) {
    if (left == diff->left.count)
      return false;
    left++;
    right++;
  }
  size_t before = left - hunk->old_end < CONTEXT ? left - hunk->old_end : CONTEXT;
  *hunk = (struct hunk){left - before, left, right - before, right};
  for (;;) {
    extend(diff, hunk);
    size_t equal = count_equal(diff, hunk->old_end, hunk->new_end, 2UL * CONTEXT + 1);
    bool joined =
        equal <= 2UL * CONTEXT && is_changed(diff, hunk->old_end + equal, hunk->new_end + equal);
    if (!joined && equal > CONTEXT)
      equal = CONTEXT;
    hunk->old_end += equal;
    hunk->new_end += equal;
    if (!joined)
      return true;
  }
}

struct printer {
  FILE *out;
  bool coloured;
};

static void print_line(const struct printer *printer, char sign, const char *colour,
                       const struct line *line)
{
  bool ended = line->start[line->length - 1] == '\n';
  bool coloured = printer->coloured && colour != NULL;
  fprintf(printer->out, "%s%c%.*s%s\n", coloured ? colour : "", sign, (int)(line->length - ended),
          line->start, coloured ? COLOUR_END : "");
  if (!ended)
    fputs("\\ No newline at end of file\n", printer->out);
}

/* An empty range is named by the line before it. */
static void print_range(const struct printer *printer, char sign, size_t start, size_t end)
{
  fprintf(printer->out, "%c%zu", sign, start + (start != end));
  if (end - start != 1)
    fprintf(printer->out, ",%zu", end - start);
}

static void print_hunk(const struct printer *printer, const struct diff *diff,
                       const struct hunk *hunk)
{
  fprintf(printer->out, "%s@@ ", printer->coloured ? COLOUR_HUNK : "");
  print_range(printer, '-', hunk->old_start, hunk->old_end);
  putc(' ', printer->out);
  print_range(printer, '+', hunk->new_start, hunk->new_end);
  fprintf(printer->out, " @@%s\n", printer->coloured ? COLOUR_END : "");

  size_t left = hunk->old_start, right = hunk->new_start;
  while (left < hunk->old_end || right < hunk->new_end) {
    if (left < hunk->old_end && diff->left.changed[left])
      print_line(printer, '-', COLOUR_REMOVED, &diff->left.lines[left++]);
    else if (right < hunk->new_end && diff->right.changed[right])
      print_line(printer, '+', COLOUR_ADDED, &diff->right.lines[right++]);
    else {
      print_line(printer, ' ', NULL, &diff->left.lines[left++]);
      right++;
    }
  }
}

/* A tab ends a name that has spaces. */
static void print_name(const struct printer *printer, const char *sign, const char *name,
                       const char *text)
{
  const char *shown = text != NULL ? name : "/dev/null";
  fprintf(printer->out, "%s%s %s%s%s\n", printer->coloured ? COLOUR_HEADER : "", sign, shown,
          strchr(shown, ' ') != NULL ? "\t" : "", printer->coloured ? COLOUR_END : "");
}

void text_diff(FILE *out, const char *old_name, const char *old_text, const char *new_name,
               const char *new_text, bool coloured)
{
  cleanup_diff struct diff diff = {.left = split(old_text), .right = split(new_text)};
  compare(&diff);

  const struct printer printer = {.out = out, .coloured = coloured};
  struct hunk hunk = {.old_start = 0};
  for (bool first = true; next_hunk(&diff, &hunk); first = false) {
    if (first) {
      print_name(&printer, "---", old_name, old_text);
      print_name(&printer, "+++", new_name, new_text);
    }
    print_hunk(&printer, &diff, &hunk);
  }
}
