variables {
  environment = "production"
  workspace   = "production"
  cloud       = "hetzner"
  domain      = "calminer.example.com"
  admin_cidrs = ["203.0.113.7/32", "2001:db8:1::/48"]
  admin_keys  = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHnZ0yT0nqWmMOTb2mZkGvYkqTVXfXrVqkS0a1b2c3d4 operator"]
}

run "production_is_protected_and_backed_up" {
  command = plan

  assert {
    condition     = output.server.protected && output.server.backups && output.server.type == "cx33"
    error_message = "production lost its protection, its backups or its size"
  }
  assert {
    condition     = output.server.volume_gb == 80
    error_message = "production has another volume"
  }
}

run "dev_is_the_same_shape_and_smaller" {
  command = plan
  variables {
    environment = "dev"
    workspace   = "dev"
  }

  assert {
    condition     = keys(output.server) == keys(run.production_is_protected_and_backed_up.server)
    error_message = "dev and production differ in shape"
  }
  assert {
    condition     = output.inbound == run.production_is_protected_and_backed_up.inbound
    error_message = "dev and production differ in what may come in"
  }
  assert {
    condition     = output.server.memory_gb < run.production_is_protected_and_backed_up.server.memory_gb
    error_message = "dev is as large as production"
  }
}

run "acceptance_has_its_own_name" {
  command = plan
  variables {
    environment = "acceptance"
    workspace   = "acceptance"
  }

  assert {
    condition     = output.server.name == "calminer-acceptance" && output.inventory.group == "acceptance"
    error_message = "acceptance is named wrongly"
  }
}

run "only_the_web_is_open_to_everybody" {
  command = plan

  assert {
    condition     = toset([for rule in output.inbound : rule.port if contains(rule.from, "0.0.0.0/0")]) == toset([80, 443])
    error_message = "more than the web is open to everybody"
  }
  assert {
    condition     = one([for rule in output.inbound : rule.from if rule.port == 22]) == tolist(["203.0.113.7/32", "2001:db8:1::/48"])
    error_message = "SSH is open to others than the operators"
  }
}

run "cloud_init_is_yaml_without_passwords" {
  command = plan

  assert {
    condition     = startswith(output.cloud_init, "#cloud-config\n") && yamldecode(output.cloud_init).ssh_pwauth == false
    error_message = "cloud-init is no YAML, or lets passwords in"
  }
  assert {
    condition     = tolist(yamldecode(output.cloud_init).users[0].ssh_authorized_keys) == var.admin_keys
    error_message = "an operator's key is missing"
  }
}

run "an_external_database_needs_no_volume" {
  command = plan
  variables { external_database = true }

  assert {
    condition     = output.server.volume_gb == 0 && output.cost.items.volume == "0.00"
    error_message = "a volume is paid for that nobody uses"
  }
}

run "the_bill_says_what_it_does_not_know" {
  command = plan

  assert {
    condition     = output.cost.items.server == "8.03" && output.cost.total == "8.03" && output.cost.unknown == tolist(["address", "volume"])
    error_message = "the bill is not 730 h of a cx33, or hides that it is incomplete"
  }
}

run "cloud_run_is_billed_by_cpu_and_memory" {
  command = plan
  variables {
    cloud             = "cloud-run"
    external_database = true
    image             = "registry.example.com/calminer@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }

  # 730 h x 3600 s x (2 x 0.000018 + 4 x 0.000002)
  assert {
    condition     = output.cost.total == "115.63" && length(output.cost.unknown) == 0
    error_message = "another bill: ${output.cost.total}"
  }
  assert {
    condition     = output.cost.as_of == "not stated" && output.cost.read == "2026-11-21"
    error_message = "a source without a date was given one: ${output.cost.as_of}"
  }
  assert {
    condition     = output.service.instances.min == 1 && output.service.settings.DATABASE_SSLMODE == "verify-full"
    error_message = "the service sleeps in production, or talks to the database in the clear"
  }
}

run "refuses_another_workspace" {
  command = plan
  variables { workspace = "dev" }
  expect_failures = [var.workspace]
}

run "refuses_the_default_workspace" {
  command = plan
  variables {
    environment = "default"
    workspace   = "default"
  }
  expect_failures = [var.environment]
}

run "refuses_ssh_for_everybody" {
  command = plan
  variables { admin_cidrs = ["0.0.0.0/0"] }
  expect_failures = [var.admin_cidrs]
}

run "refuses_ssh_for_every_ipv6" {
  command = plan
  variables { admin_cidrs = ["203.0.113.7/32", "::/0"] }
  expect_failures = [var.admin_cidrs]
}

run "refuses_nobody_at_ssh" {
  command = plan
  variables { admin_cidrs = [] }
  expect_failures = [var.admin_cidrs]
}

run "refuses_an_rsa_key" {
  command = plan
  variables { admin_keys = ["ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA1234567890123456789012345678901234567890 old"] }
  expect_failures = [var.admin_keys]
}

run "refuses_a_tag_instead_of_a_digest" {
  command = plan
  variables { image = "registry.example.com/calminer:latest" }
  expect_failures = [var.image]
}

run "refuses_cloud_run_without_a_database" {
  command = plan
  variables {
    cloud = "cloud-run"
    image = "registry.example.com/calminer@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  }
  expect_failures = [var.external_database]
}

run "refuses_a_domain_that_is_none" {
  command = plan
  variables { domain = "https://calminer.example.com/" }
  expect_failures = [var.domain]
}

run "refuses_a_volume_that_holds_nothing" {
  command = plan
  variables { data_gb = 5 }
  expect_failures = [var.data_gb]
}
