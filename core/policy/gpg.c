/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/gpg.h"

#include "common/file.h"
#include "common/log.h"
#include "common/process.h"
#include "common/trust.h"
#include "policy/armor.h"
#include "policy/payload.h"

#include <fcntl.h>
#include <sys/wait.h>

#define TIMEOUT 5                /* seconds, less than a chain has; it takes a few milliseconds */
#define STATUS_MAX (64UL * 1024) /* bytes; it prints about one thousand */
#define STATUS_PREFIX "[GNUPG:] "

/* --- keyrings ------------------------------------------------------------------------------ */

/* RFC 4880, section 4.2: the tag of the packet that begins with this byte; -1 if none does. */
static int packet_tag(char byte)
{
  unsigned bits = (unsigned char)byte;
  if (!(bits & 0x80U))
    return -1;
  return (int)(bits & 0x40U ? bits & 0x3fU : bits >> 2 & 0xfU);
}

enum {
  TAG_SIGNATURE = 2,
  TAG_ONE_PASS = 4,
  TAG_SECRET_KEY = 5,
  TAG_PUBLIC_KEY = 6,
  TAG_COMPRESSED = 8
};

static int refuse_keys(const char *bytes, size_t length, const char *name, struct error *err)
{
  static const char keybox[] = "KBXf"; /* behind the first blob's length, type, version and flags */
  const char *cause = "";
  if (length >= 12 && memcmp(bytes + 8, keybox, strlen(keybox)) == 0)
    cause = ", but gpg's own keybox";
  else if (length > 0 && packet_tag(bytes[0]) == TAG_SECRET_KEY)
    cause = ", but a secret key, which has no business there";
  return error_set(err, "%s is no OpenPGP public key%s: gpg --export writes one", name, cause);
}

static int append(struct keyring *keyring, const char *bytes, size_t length, const char *name,
                  struct error *err)
{
  if (length == 0 || packet_tag(bytes[0]) != TAG_PUBLIC_KEY)
    return refuse_keys(bytes, length, name, err);
  if (keyring->length + length > KEYRING_SIZE_MAX)
    return error_set(err, "%s: more than %lu bytes of keys", name, KEYRING_SIZE_MAX);
  keyring->bytes = xrealloc_array(keyring->bytes, keyring->length + length, 1);
  memcpy(keyring->bytes + keyring->length, bytes, length);
  keyring->length += length;
  return 0;
}

int keyring_add(struct keyring *keyring, const char *bytes, size_t length, const char *name,
                struct error *err)
{
  bool is_binary = length > 0 && packet_tag(bytes[0]) >= 0;
  if (is_binary || !armor_is_in(bytes, length))
    return append(keyring, bytes, length, name, err);
  cleanup_free char *decoded = NULL;
  size_t size;
  if (armor_decode(bytes, length, name, &decoded, &size, err) < 0)
    return -1;
  return append(keyring, decoded, size, name, err);
}

void keyring_free(struct keyring *keyring)
{
  free(keyring->bytes);
  *keyring = (struct keyring){.bytes = NULL};
}

bool gpg_is_signature(const char *bytes, size_t length)
{
  int tag = length > 0 ? packet_tag(bytes[0]) : -1;
  return tag == TAG_SIGNATURE || tag == TAG_ONE_PASS || tag == TAG_COMPRESSED;
}

/* --- what gpgv says ------------------------------------------------------------------------ */

/* Of its status lines (GnuPG's doc/DETAILS). */
struct status {
  size_t texts, signatures, good, valid;
  const char *bad;       /* the first code that says that it is not good; borrowed */
  char hash[8], kind[8]; /* RFC 4880, sections 9.4 and 5.2.1: "8" is SHA-256, "00" bytes */
  char signer[GPG_FINGERPRINT_MAX + 1];
};

static const struct {
  const char *code, *cause;
} refusals[] = {
    {"BADSIG", "is damaged: it does not fit what it is over"},
    {"EXPSIG", "has expired"},
    {"EXPKEYSIG", "is by a key that has expired"},
    {"REVKEYSIG", "is by a key that was revoked"},
    {"NO_PUBKEY", "is by a key that is none of the policy's"},
    {"ERRSIG", "cannot be checked"},
    {"NODATA", "is none"},
};

static bool starts_with_word(const char *line, const char *word)
{
  size_t length = strlen(word);
  return text_starts(line, word) && (line[length] == ' ' || line[length] == '\0');
}

/* The word of this number, from 0. */
static void copy_word(const char *line, int number, char *word, size_t size)
{
  for (; number > 0 && *line != '\0'; number--) {
    line += strcspn(line, " ");
    line += strspn(line, " ");
  }
  snprintf(word, size, "%.*s", (int)strcspn(line, " "), line);
}

static bool is_fingerprint(const char *text)
{
  size_t length = strlen(text);
  return length >= 40 && length <= GPG_FINGERPRINT_MAX &&
         strspn(text, "0123456789ABCDEF") == length;
}

/* VALIDSIG: the signing key's fingerprint, six more words, the hash, the signature's class, the
   primary key's fingerprint. */
static void read_valid(const char *line, struct status *status)
{
  status->valid++;
  copy_word(line, 8, status->hash, sizeof(status->hash));
  copy_word(line, 9, status->kind, sizeof(status->kind));
  copy_word(line, 10, status->signer, sizeof(status->signer));
}

static void read_line(const char *line, struct status *status)
{
  status->texts += starts_with_word(line, "PLAINTEXT");
  status->signatures += starts_with_word(line, "NEWSIG");
  status->good += starts_with_word(line, "GOODSIG");
  if (starts_with_word(line, "VALIDSIG"))
    read_valid(line, status);
  for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
    if (starts_with_word(line, refusals[i].code) &&
        (status->bad == NULL || text_equal(status->bad, "ERRSIG")))
      status->bad = refusals[i].code;
  if (starts_with_word(line, "ERRSIG") || starts_with_word(line, "NO_PUBKEY"))
    copy_word(line, 1, status->signer, sizeof(status->signer));
}

/* Cuts the text into lines. */
static void read_status(char *text, struct status *status)
{
  *status = (struct status){.bad = NULL};
  for (char *line = text; *line != '\0';) {
    size_t length = strcspn(line, "\n");
    char *next = line[length] == '\n' ? line + length + 1 : line + length;
    line[length] = '\0';
    if (text_starts(line, STATUS_PREFIX))
      read_line(line + strlen(STATUS_PREFIX), status);
    line = next;
  }
}

/* The signature is good, but is it over what was written, and can nobody have made another text for
   it? */
static int judge_form(const struct status *status, struct error *err)
{
  static const char *const weak[] = {"1", "2", "3", NULL}; /* MD5, SHA-1, RIPEMD-160 */
  if (status->signatures != 1 || status->good != 1 || status->valid != 1)
    return error_set(err, "it has %zu signatures, of which %zu are good; it must have one",
                     status->signatures, status->valid);
  if (status->texts != 1)
    return error_set(err, "it holds %zu texts; it must hold the one that is signed", status->texts);
  if (!text_equal(status->kind, "00"))
    return error_set(err, "the GPG signature is not over bytes as they are (class %s)",
                     status->kind);
  if (text_listed(status->hash, weak))
    return error_set(err, "the GPG signature is over a hash that is broken (algorithm %s)",
                     status->hash);
  return is_fingerprint(status->signer) ? 0 : error_set(err, "gpgv names no key that signed it");
}

static int judge(const struct process *process, const struct status *status, struct error *err)
{
  for (size_t i = 0; status->bad != NULL && i < ARRAY_LENGTH(refusals); i++)
    if (text_equal(status->bad, refusals[i].code))
      return error_set(err, "the GPG signature %s%s%s%s", refusals[i].cause,
                       status->signer[0] != '\0' ? " (" : "", status->signer,
                       status->signer[0] != '\0' ? ")" : "");
  if (!WIFEXITED(process->status) || WEXITSTATUS(process->status) != 0)
    return error_set(err, "gpgv does not accept it: %.300s",
                     process->output[0] != '\0' ? process->output : "it says no more");
  return judge_form(status, err);
}

/* --- running it ---------------------------------------------------------------------------- */

static const char *find_program(const char *program, struct error *err)
{
  static const char *const places[] = {"/usr/bin/gpgv", "/bin/gpgv", "/usr/local/bin/gpgv"};
  if (program != NULL)
    return program;
  for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
    if (access(places[i], X_OK) == 0)
      return places[i];
  error_set(err, "the program gpgv is missing, without which no GPG signature is accepted: install "
                 "it (the package is called gpgv or gnupg)");
  return NULL;
}

static int open_keyring(const struct keyring *keyring, struct error *err)
{
  int fd = file_in_memory("keyring");
  if (fd >= 0 && file_write_all(fd, keyring->bytes, keyring->length) == 0)
    return fd;
  error_set(err, "cannot hand over the keys: %m");
  if (fd >= 0)
    close(fd);
  return -1;
}

/* What was signed is written here. It cannot grow: a message of a few bytes can unpack to more than
   there is memory. */
static int open_output(struct error *err)
{
  int fd = file_in_memory("payload");
  if (fd >= 0 && ftruncate(fd, PAYLOAD_SIZE_MAX) == 0 &&
      fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) == 0)
    return fd;
  error_set(err, "cannot make room for what was signed: %m");
  if (fd >= 0)
    close(fd);
  return -1;
}

/* The place in the file is ours and gpgv's alike: it is how much was written. */
static int take_output(int fd, struct gpg_signed *opened, struct error *err)
{
  off_t end = lseek(fd, 0, SEEK_CUR);
  if (end <= 0 || (uintmax_t)end > PAYLOAD_SIZE_MAX)
    return error_set(err, "nothing was signed");
  opened->length = (size_t)end;
  opened->bytes = xcalloc(opened->length + 1, 1);
  if (pread(fd, opened->bytes, opened->length, 0) == (ssize_t)opened->length)
    return 0;
  return error_set(err, "cannot read what was signed: %m");
}

/* Its own folder of options and keys does not exist for it. */
static int run(const char *program, int keyring, struct process *process, struct error *err)
{
  static const char *const env[] = {"PATH=/usr/bin:/bin", "HOME=/nonexistent",
                                    "GNUPGHOME=/nonexistent", "LC_ALL=C", NULL};
  cleanup_free char *path = xasprintf("/proc/%d/fd/%d", (int)getpid(), keyring);
  cleanup_free char *output = xasprintf("-&%d", PROCESS_PASSED_FD);
  const char *const argv[] = {
      program,     "--quiet", "--status-fd", "1", "--enable-special-filenames", "--output", output,
      "--keyring", path,      "-",           NULL};
  process->argv = (char *const *)(uintptr_t)argv;
  process->env = (char *const *)(uintptr_t)env;
  int result = process_run(process, err);
  process->argv = NULL;
  if (result == 0 && process->late)
    return error_set(err, "gpgv did not end within %d seconds", process->timeout);
  if (result == 0 && process->too_much)
    return error_set(err, "gpgv says more than %lu bytes", STATUS_MAX);
  return result;
}

static int verify(const char *program, int keyring, int output, struct process *process,
                  struct gpg_signed *opened, struct error *err)
{
  struct status status;
  if (run(program, keyring, process, err) < 0)
    return -1;
  read_status(process->captured, &status);
  log_one_line(process->output);
  if (judge(process, &status, err) < 0)
    return -1;
  memcpy(opened->fingerprint, status.signer, sizeof(opened->fingerprint));
  return take_output(output, opened, err);
}

int gpg_verify(const char *program, const struct keyring *keyring, const char *message,
               size_t length, struct gpg_signed *opened, struct error *err)
{
  *opened = (struct gpg_signed){.bytes = NULL};
  if (!gpg_is_signature(message, length))
    return error_set(err, "it is no binary OpenPGP message");
  if ((program = find_program(program, err)) == NULL)
    return -1;
  cleanup_close int checked = trust_open_file(program, err);
  if (checked < 0)
    return error_wrap(err, "gpgv, without which no GPG signature is accepted");
  cleanup_close int keys = open_keyring(keyring, err), output = keys >= 0 ? open_output(err) : -1;
  if (output < 0)
    return -1;
  struct process process = {.pass_fd = output,
                            .timeout = TIMEOUT,
                            .input = message,
                            .input_length = length,
                            .capture_max = STATUS_MAX};
  int result = verify(program, keys, output, &process, opened, err);
  free(process.captured);
  if (result < 0)
    gpg_signed_free(opened);
  return result;
}

void gpg_signed_free(struct gpg_signed *opened)
{
  free(opened->bytes);
  *opened = (struct gpg_signed){.bytes = NULL};
}
