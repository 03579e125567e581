variable "environment" {
  description = "Which installation this is."
  type        = string

  validation {
    condition     = contains(["dev", "acceptance", "production"], var.environment)
    error_message = "The environment is dev, acceptance or production."
  }
}

variable "workspace" {
  description = "terraform.workspace of the caller; must be the environment, so that no state is ever applied to another."
  type        = string

  validation {
    condition     = var.workspace == var.environment
    error_message = "The workspace must be named like the environment: terraform workspace select ${var.environment}."
  }
}

variable "cloud" {
  description = "Where it runs, a key of data/catalogue.json."
  type        = string

  validation {
    condition     = contains(["hetzner", "scaleway", "cloud-run"], var.cloud)
    error_message = "The cloud is hetzner, scaleway or cloud-run."
  }
}

variable "domain" {
  description = "Name that the site answers to."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.domain))
    error_message = "The domain is a full name in lower case, such as calminer.example.com."
  }
}

variable "size" {
  description = "small, medium or large; by the environment when left out."
  type        = string
  default     = null

  validation {
    condition     = var.size == null || contains(["small", "medium", "large"], coalesce(var.size, "-"))
    error_message = "The size is small, medium or large."
  }
}

variable "data_gb" {
  description = "Volume for the database and the backups [GB]; by the environment when left out."
  type        = number
  default     = null

  validation {
    condition     = var.data_gb == null || (coalesce(var.data_gb, 10) >= 10 && coalesce(var.data_gb, 10) <= 10000)
    error_message = "The volume has 10 to 10000 GB."
  }
}

variable "admin_cidrs" {
  description = "Networks that may reach SSH: the operators and the deploy runner, never everybody."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.admin_cidrs : can(cidrnetmask(cidr)) || can(cidrsubnet(cidr, 0, 0))])
    error_message = "Each entry is a network, such as 203.0.113.7/32 or 2001:db8::/48."
  }

  validation {
    condition     = alltrue([for cidr in var.admin_cidrs : try(tonumber(split("/", cidr)[1]) >= 8, false)])
    error_message = "SSH is not for everybody: name the operators' networks instead of 0.0.0.0/0 or ::/0."
  }

  validation {
    condition     = var.cloud == "cloud-run" || length(var.admin_cidrs) > 0
    error_message = "Name at least one network that may reach SSH."
  }
}

variable "admin_keys" {
  description = "Public SSH keys of the operators."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for key in var.admin_keys : can(regex("^(ssh-ed25519|sk-ssh-ed25519@openssh.com|ecdsa-sha2-nistp256) [A-Za-z0-9+/=]{60,}( .*)?$", key))
    ])
    error_message = "Each key is one line of an Ed25519 or ECDSA public key; RSA and private keys are refused."
  }

  validation {
    condition     = var.cloud == "cloud-run" || length(var.admin_keys) > 0
    error_message = "Give at least one operator's public key."
  }
}

variable "external_database" {
  description = "Whether the database lives elsewhere (managed); then there is no volume for it."
  type        = bool
  default     = false

  validation {
    condition     = var.cloud != "cloud-run" || var.external_database
    error_message = "Cloud Run keeps nothing: it needs an external database."
  }
}

variable "image" {
  description = "Image with its digest; needed on Cloud Run, elsewhere the deploy names it."
  type        = string
  default     = ""

  validation {
    condition     = var.image == "" || can(regex("^[a-z0-9.:/_-]+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "An image is named by its digest: registry.example.com/calminer@sha256:..."
  }

  validation {
    condition     = var.cloud != "cloud-run" || var.image != ""
    error_message = "Cloud Run needs the image by its digest."
  }
}
