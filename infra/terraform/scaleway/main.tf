terraform {
  required_version = ">= 1.9"
  required_providers {
    scaleway = {
      source  = "scaleway/scaleway"
      version = "~> 2.50"
    }
  }
}

# Keys and project come from SCW_ACCESS_KEY, SCW_SECRET_KEY and SCW_DEFAULT_PROJECT_ID, never from a file.
provider "scaleway" {
  zone = module.core.server.region
}

module "core" {
  source = "../core"

  cloud             = "scaleway"
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
  tags   = [for name, value in local.server.labels : "${name}=${value}"]
  # A rule of Scaleway names one network.
  inbound = flatten([for rule in module.core.inbound : [for network in rule.from : merge(rule, { network = network })]])
}

resource "scaleway_instance_ip" "host" {
  tags = local.tags
}

resource "scaleway_instance_security_group" "inbound" {
  name                    = local.server.name
  tags                    = local.tags
  stateful                = true
  inbound_default_policy  = "drop"
  outbound_default_policy = "accept"

  dynamic "inbound_rule" {
    for_each = local.inbound
    content {
      action   = "accept"
      protocol = upper(inbound_rule.value.protocol)
      port     = inbound_rule.value.port
      ip_range = inbound_rule.value.network
    }
  }
}

resource "scaleway_block_volume" "data" {
  count      = local.server.volume_gb > 0 ? 1 : 0
  name       = "${local.server.name}-data"
  iops       = 5000
  size_in_gb = local.server.volume_gb
  tags       = local.tags

  lifecycle {
    # Scaleway has no deletion protection for volumes; this one holds the database.
    prevent_destroy = true
  }
}

resource "scaleway_instance_server" "host" {
  name                  = local.server.name
  type                  = local.server.type
  image                 = local.server.image
  tags                  = local.tags
  ip_id                 = scaleway_instance_ip.host.id
  security_group_id     = scaleway_instance_security_group.inbound.id
  additional_volume_ids = scaleway_block_volume.data[*].id
  protected             = local.server.protected
  user_data             = { "cloud-init" = module.core.cloud_init }

  lifecycle {
    # A new first-boot file must not throw a running host away.
    ignore_changes = [user_data, image]
  }
}

output "address" {
  value = scaleway_instance_ip.host.address
}

output "inventory" {
  value = module.core.inventory
}

output "cost" {
  value = module.core.cost
}
