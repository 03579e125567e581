terraform {
  required_version = ">= 1.9"
  required_providers {
    hcloud = {
      source  = "hetznercloud/hcloud"
      version = "~> 1.50"
    }
  }
}

# The token comes from HCLOUD_TOKEN, never from a file.
provider "hcloud" {}

module "core" {
  source = "../core"

  cloud             = "hetzner"
  environment       = var.environment
  workspace         = terraform.workspace
  domain            = var.domain
  size              = var.size
  data_gb           = var.data_gb
  admin_cidrs       = var.admin_cidrs
  admin_keys        = var.admin_keys
  external_database = var.external_database
}

locals {
  server = module.core.server
}

resource "hcloud_ssh_key" "admin" {
  for_each   = { for index, key in var.admin_keys : index => key }
  name       = "${local.server.name}-${each.key}"
  public_key = each.value
  labels     = local.server.labels
}

resource "hcloud_firewall" "inbound" {
  name   = local.server.name
  labels = local.server.labels

  dynamic "rule" {
    for_each = module.core.inbound
    content {
      direction   = "in"
      protocol    = rule.value.protocol
      port        = tostring(rule.value.port)
      source_ips  = rule.value.from
      description = rule.value.name
    }
  }
}

resource "hcloud_server" "host" {
  name               = local.server.name
  server_type        = local.server.type
  image              = local.server.image
  location           = local.server.region
  user_data          = module.core.cloud_init
  ssh_keys           = [for key in hcloud_ssh_key.admin : key.id]
  firewall_ids       = [hcloud_firewall.inbound.id]
  backups            = local.server.backups
  delete_protection  = local.server.protected
  rebuild_protection = local.server.protected
  labels             = local.server.labels

  lifecycle {
    # A new first-boot file must not throw a running host away.
    ignore_changes = [user_data, ssh_keys, image]
  }
}

resource "hcloud_volume" "data" {
  count             = local.server.volume_gb > 0 ? 1 : 0
  name              = "${local.server.name}-data"
  size              = local.server.volume_gb
  location          = local.server.region
  format            = "ext4"
  delete_protection = local.server.protected
  labels            = local.server.labels
}

resource "hcloud_volume_attachment" "data" {
  count     = length(hcloud_volume.data)
  volume_id = hcloud_volume.data[count.index].id
  server_id = hcloud_server.host.id
  automount = true
}

output "address" {
  value = hcloud_server.host.ipv4_address
}

output "inventory" {
  value = module.core.inventory
}

output "cost" {
  value = module.core.cost
}
