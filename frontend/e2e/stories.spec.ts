// What each role does from its first day to a registered contract, everybody in a browser of their own. Told with SQLite,
// and with PostgreSQL and Redis.

import { expect, test } from './city'
import { change, firstDay, makeOperator } from './story/accounts'
import {
  accept,
  candidate,
  dealOf,
  fillContract,
  interested,
  inviteAtOnce,
  negotiate,
  receive,
  register,
  registered,
  say,
} from './story/deal'
import { brokerOf, enter, invite, letIn, openAccount, password, signUp } from './story/people'
import { enterAchievement, fillNeed, giveBack, mend, need, publish, submit } from './story/records'

test('from sign-up to a registered contract', async ({ as }) => {
  test.setTimeout(300_000)
  const { step } = test
  const lead = await as('')
  const enterprise = await as('')
  const university = await as('university1')
  const operator = await as('operator')

  await step('an enterprise asks to join and is let in', async () => {
    await signUp(lead.page)
    await letIn(operator.page)
  })
  await step('its lead hands a link over to a colleague, who chooses a password', async () => {
    await enter(lead.page, 'xinhe', password)
    await openAccount(enterprise.page, await invite(lead.page))
  })
  const needId = await step('the colleague fills in a need, sees what would be asked, submits', async () => {
    const id = await fillNeed(enterprise.page)
    await enterprise.page.getByRole('button', { name: /检查并提交/ }).click()
    await expect(enterprise.page.getByRole('heading', { name: '读者还会问' })).toBeVisible()
    await submit(enterprise.page)
    return id
  })
  await step('the bureau gives it back with a comment on a field; it is mended and published', async () => {
    const comment = '请补充损失的大小'
    await giveBack(operator.page, needId, '技术难题', comment)
    await mend(enterprise.page, needId, comment)
    await publish(operator.page, 'need', needId)
  })
  const achievementId = await step('a university enters an achievement that fits', async () => {
    const id = await enterAchievement(university.page)
    await publish(operator.page, 'achievement', id)
    return id
  })
  const found = await step('the pair comes before a broker', async () => {
    await inviteAtOnce(operator.page)
    return candidate(operator, needId, achievementId)
  })
  const broker = await brokerOf(found.broker, as)
  const introduction = await step('who accepts it by keyboard', () => accept(broker, found.id))

  await step('both sides are interested and talk', async () => {
    await interested(enterprise.page, introduction)
    await interested(university.page, introduction)
    await say(enterprise.page, university.page, '首批样品什么时候能到？')
    await say(university.page, enterprise.page, '两周之内。')
  })
  const deal = await step('a project comes of it and is led to negotiation', async () => {
    const address = await dealOf(enterprise.page)
    await negotiate(broker.page, address)
    return address
  })
  const before = await registered(operator.page)
  await step('the contract is signed, registered and paid', async () => {
    await fillContract(broker.page, deal)
    await register(operator.page, deal, '2026320900888888')
    await receive(broker.page, deal)
    await enterprise.page.goto(`${deal}?tab=contract`)
    await expect(enterprise.page.getByText('2026320900888888')).toBeVisible()
  })
  await step('the cockpit counts it, and its list names it', async () => {
    const { page } = operator
    await expect.poll(() => registered(page), { timeout: 30_000 }).toBe(before + 1)
    await page
      .getByRole('link', { name: /^认定登记/ })
      .first()
      .click()
    await expect(page.getByRole('table').getByText(need.title).first()).toBeVisible()
  })
  await step('the auditor finds the acts, and the chain holds', async () => {
    const { page } = await as('auditor')
    await page.goto(`/audit?object=${deal.split('/').pop()}`)
    const table = page.getByRole('table')
    for (const act of ['技术合同认定登记', '登记到账'])
      await expect(table.getByText(act).first()).toBeVisible()
    await page.getByRole('button', { name: '校验完整性' }).click()
    await expect(page.getByText('校验通过')).toBeVisible()
  })
})

test.describe('three administrators', () => {
  // A locked account's open page is refused what it asks for, and its person may not sign in.
  test.use({ tolerated: ['401 (Unauthorized)', '403 (Forbidden)'] })

  test('one makes an account, one admits and locks it, one reads what was done', async ({ as }) => {
    test.setTimeout(150_000)
    const { step } = test
    const sysadmin = await as('sysadmin')
    const secadmin = await as('secadmin')
    const fresh = await as('')

    const { id, once } = await step('the system administrator makes an account', () =>
      makeOperator(sysadmin.page),
    )
    await step('and sees the work in the background', async () => {
      await sysadmin.page.goto('/jobs')
      await sysadmin.page.getByRole('list', { name: '各状态的任务数' }).getByRole('button').first().click()
      await expect(sysadmin.page).toHaveURL(/state=/)
      await expect(sysadmin.page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
    })
    await step('the security administrator admits it; its person changes the password', async () => {
      await change(secadmin.page, id, '启用')
      await firstDay(fresh.page, once)
    })
    await step('a locked account is out at once, and in again when it is unlocked', async () => {
      await change(secadmin.page, id, '锁定')
      await fresh.page
        .getByRole('navigation', { name: '工作导航' })
        .getByRole('link', { name: '单位' })
        .click()
      const again = fresh.page.getByRole('dialog', { name: '登录已过期' })
      await expect(again).toBeVisible()
      await again.getByLabel('密码').fill(password)
      await again.getByRole('button', { name: '登录' }).click()
      await expect(again.getByRole('alert')).toBeVisible()
      await change(secadmin.page, id, '解锁')
      await again.getByRole('button', { name: '登录' }).click()
      await expect(again).toBeHidden()
      await expect(fresh.page.getByRole('table').getByRole('row').nth(1)).toBeVisible()
    })
    await step('the auditor reads all of it', async () => {
      const { page } = await as('auditor')
      await page.goto(`/audit?object=${id}`)
      for (const act of ['建立账号', '启用账号', '锁定账号', '解锁账号'])
        await expect(page.getByRole('table').getByText(act).first()).toBeVisible()
    })
  })
})
