/* SPDX-License-Identifier: Apache-2.0 */
/* The command `image`: signatures of images, and the trust store that has them. */
#include "ctk/image_commands.h"

#define EXAMPLE "Example:\n  container-hooks-ctk image "

static const struct ctk_command subcommands[] = {
    {
        .name = "image sign",
        .summary = "Signs an image by a private key, and keeps the signature in the trust store",
        .operands = "IMAGE",
        .details =
            "IMAGE is one that docker, podman or containerd has, by its name or id; docker://NAME\n"
            "in a registry; or oci:DIR[:TAG], an OCI layout. The key is ECDSA (P-256, P-384),\n"
            "Ed25519 or RSA in PEM, as openssl makes it, and only its owner may read it. What is\n"
            "signed is the image's manifest, in a registry or layout perhaps an index, under its\n"
            "full name.\n"
            "An image that was built or loaded into docker has no manifest: one of its config\n"
            "and its uncompressed layers is made, and kept with the signature.\n\n" EXAMPLE
            "sign --key sign.pem team/app:1",
        .run = image_sign_run,
    },
    {
        .name = "image fetch",
        .summary = "Fetches an image's manifests and signatures from its registry into the store",
        .operands = "NAME...",
        .details =
            "By the program skopeo; the image's layers are not fetched. Signatures are those "
            "under\n"
            "cosign's tag, sigstore bundles by the tag of what refers to the image, and those "
            "of a\n"
            "lookaside with http: or https:, by curl. No network is needed any more when a "
            "container\n"
            "starts.\n\n" EXAMPLE "fetch registry.example.com/team/app:1",
        .run = image_fetch_run,
    },
    {
        .name = "image add",
        .summary = "Puts manifests, indexes and signatures from files into the trust store",
        .operands = "FILE...",
        .details =
            "A signature is a sigstore bundle, a GPG signature, one that podman stores, or two\n"
            "files: what cosign has signed, and behind it the signature, in base64 or as openssl\n"
            "writes it. Nothing is believed for being in the store: it is verified when an image\n"
            "starts.\n\n" EXAMPLE "add manifest.json payload.json payload.sig",
        .run = image_add_run,
    },
    {
        .name = "image export",
        .summary = "Copies the trust store into a folder, for a machine without network",
        .operands = "DIR [DIGEST...]",
        .details =
            "All of it, or manifests and what belongs to them: their signatures, the indexes that\n"
            "list them, the manifests that an index lists.\n\n" EXAMPLE "export /media/usb/trust",
        .run = image_export_run,
    },
    {
        .name = "image import",
        .summary = "Adds what is in an exported folder to the trust store",
        .operands = "DIR [DIGEST...]",
        .details = "Only root may have written the folder. Every manifest is compared with its\n"
                   "digest; signatures are verified when an image starts.\n\n" EXAMPLE
                   "import /media/usb/trust",
        .run = image_import_run,
    },
    {
        .name = "image list",
        .summary = "Lists what is in the trust store: manifests, and the signatures over them",
        .operands = "",
        .details = "Names are what signatures say; whether they are good is for image verify to\n"
                   "tell.\n\n" EXAMPLE "list",
        .run = image_list_run,
    },
    {
        .name = "image verify",
        .summary = "Says whether the policy accepts an image, and by which steps",
        .operands = "IMAGE|CONTAINER",
        .details =
            "An image by its name or id; oci:DIR[:TAG], an OCI layout, with --reference NAME; or "
            "a\n"
            "running container by its name or id. Prints which manifests, indexes and signatures\n"
            "were found, which scope of the policy decides, and by which key. Policy and store "
            "are\n"
            "those of the plugin image-verify, or the usual ones. Status 0 if it is accepted, 1 "
            "if\n"
            "not.\n"
            "With --files, every file of an accepted image's layers is read and compared, as\n"
            "verify-rootfs does before a container starts, and every difference is listed; of a\n"
            "container also its mount, and what lies above the layers, by the plugin's setting\n"
            "upper. Status 1 if anything differs or cannot be compared.\n\n" EXAMPLE
            "verify --policy ./policy.json team/app:1",
        .run = image_verify_run,
    },
    {
        .name = "image digest",
        .summary = "Prints the digest of an image's manifest: what image sign would sign",
        .operands = "IMAGE",
        .details = "IMAGE is one that an engine has, by its name or id, or oci:DIR[:TAG], an OCI\n"
                   "layout.\n\n" EXAMPLE "digest team/app:1",
        .run = image_digest_run,
    },
    {
        .name = "image remove",
        .summary = "Removes a manifest and the signatures over it from the trust store",
        .operands = "DIGEST...",
        .details = "The beginning of a digest is enough if no other begins so.\n\n" EXAMPLE
                   "remove sha256:dd37e2c1",
        .run = image_remove_run,
    },
    {.name = NULL},
};

static int run(const struct ctk_command *self, char **words, struct error *err)
{
  const struct command_option options[] = {{NULL, 0, OPTION_FLAG, NULL, NULL, NULL}};
  int result = command_options(self, options, words, err);
  return result < 0 ? result : command_dispatch(self, words, err);
}

const struct ctk_command image_command = {
    .name = "image",
    .summary = "Signs and verifies images, and keeps signatures where no network is needed",
    .operands = "COMMAND ...",
    .details = "Example: would the policy accept this image?\n"
               "  container-hooks-ctk image verify team/app:1",
    .subcommands = subcommands,
    .run = run,
};
