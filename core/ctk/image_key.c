/* SPDX-License-Identifier: Apache-2.0 */
#include "ctk/image_key.h"

#include "common/file.h"
#include "common/trust.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>

#define PASSPHRASE_MAX 1023 /* bytes; what libcrypto takes */

/* A passphrase does not stay in memory. */
static void cleanup_secretp(char **secret)
{
  if (*secret != NULL)
    explicit_bzero(*secret, strlen(*secret));
  free(*secret);
}

#define cleanup_secret __attribute__((cleanup(cleanup_secretp)))

/* --- from a file --------------------------------------------------------------------------- */

static int read_passphrase(const char *path, char **passphrase, struct error *err)
{
  struct stat status;
  size_t length;
  cleanup_close int fd = open(path, FILE_OPEN_FLAGS);
  if (fd < 0 || fstat(fd, &status) < 0)
    return error_set(err, "cannot open %s: %m", path);
  if (status.st_mode & (S_IRWXG | S_IRWXO))
    return error_set(err, "%s can be read by others: chmod 600 %s", path, path);
  if (file_read(fd, path, PASSPHRASE_MAX + 1, passphrase, &length, err) < 0)
    return -1;
  (*passphrase)[strcspn(*passphrase, "\r\n")] = '\0';
  return 0;
}

/* --- from the terminal --------------------------------------------------------------------- */

static char *read_line(FILE *terminal)
{
  char line[PASSPHRASE_MAX + 2];
  char *passphrase = NULL;
  if (fgets(line, sizeof(line), terminal) != NULL) {
    line[strcspn(line, "\r\n")] = '\0';
    passphrase = xstrdup(line);
  }
  explicit_bzero(line, sizeof(line));
  return passphrase;
}

static int ask_passphrase(const char *path, char **passphrase, struct error *err)
{
  struct termios before, silent;
  FILE *terminal = fopen("/dev/tty", "r+e");
  if (terminal == NULL || tcgetattr(fileno(terminal), &before) < 0) {
    if (terminal != NULL)
      fclose(terminal);
    return error_set(err,
                     "%s is encrypted, and there is no terminal to ask for its passphrase: "
                     "--passphrase-file FILE has it",
                     path);
  }
  setvbuf(terminal, NULL, _IONBF, 0);
  silent = before;
  /* As getpass(3): nobody shall leave the terminal silent. */
  silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
  silent.c_lflag |= ICANON;
  tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
  fprintf(terminal, "Passphrase of %s: ", path);
  *passphrase = read_line(terminal);
  tcsetattr(fileno(terminal), TCSAFLUSH, &before);
  fputc('\n', terminal);
  fclose(terminal);
  return *passphrase != NULL ? 0 : error_set(err, "no passphrase was given for %s", path);
}

/* --- both ---------------------------------------------------------------------------------- */

int image_read_key(const char *path, const char *passphrase_file, struct key **key,
                   struct error *err)
{
  cleanup_secret char *passphrase = NULL;
  /* trust.h wants to know from where */
  cleanup_free char *absolute = realpath(path, NULL);
  if (absolute == NULL)
    return error_set(err, "cannot open %s: %m", path);
  if (passphrase_file != NULL && read_passphrase(passphrase_file, &passphrase, err) < 0)
    return -1;
  if (key_read_private(absolute, passphrase, key, err) == 0)
    return 0;
  if (errno != EACCES || passphrase_file != NULL || ask_passphrase(path, &passphrase, err) < 0)
    return -1;
  return key_read_private(absolute, passphrase, key, err);
}
